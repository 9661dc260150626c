import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { stateOfBundle } from './bundle-state.js'
import type { Inputs } from './inputs.js'

/** A command that writes, and what may become of what it writes to. */
export interface Scenario {
  readonly name: string
  /** Commands that make what it starts from, in an empty folder. */
  readonly before: readonly (readonly string[])[]
  readonly command: readonly string[]
  /** What it writes to, below the folder that it runs in. */
  readonly target: string
  readonly kind: 'bundle' | 'file' | 'folder' | 'cache'
  /** What is done next, from a state that the command left: it has to work. @default the command again */
  readonly next?: (state: string, states: States) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The states in which a target may be left. */
export interface States {
  readonly old: string
  readonly new: string
}

/** The state of what is not there. */
export const nothing = 'nothing'

/**
 * A text for all that readers find of a target; equal texts are equal contents.
 *
 * @throws where it is not whole
 */
export async function stateOf({ target, kind }: Scenario, folder: string, inputs: Inputs): Promise<string> {
  const path = join(folder, target)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return nothing
  if (kind === 'bundle') return stateOfBundle(path, join(inputs.one, 'a', '0.png'))
  // What is in a cache can be made again: only that it is used matters.
  if (kind === 'cache') return 'a cache'
  const hash = createHash('sha256')
  for (const file of kind === 'file' ? [path] : await filesBelow(path)) {
    hash
      .update(file.slice(path.length))
      .update('\0')
      .update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}
