import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../core/atomic-write.js'
import type { Trial } from './try-conventions.js'

/** A trial's result, and on what it was tried. */
export interface InputTrial extends Trial {
  /** Old photographs. */
  readonly photographs: number
  /** Photographs of new classes; only where the others told nothing. */
  readonly added: number
  readonly drawings: number
}

/** A change in how conventions are tried or written down; what earlier versions kept does not count. */
const version = 1

/** What was found of one classifier's input by trial, kept in a folder so that later runs find the same. */
export interface InputPin {
  read(): Promise<InputTrial | undefined>
  write(trial: InputTrial): Promise<void>
}

/**
 * The place of one classifier's finding.
 *
 * @param folder may be missing
 * @param sha256 of the model's file
 * @param asked all that decides what was tried: conventions, size, head
 */
export function pinOf(folder: string, sha256: string, asked: unknown): InputPin {
  const key = createHash('sha256').update(JSON.stringify({ version, sha256, asked })).digest('hex')
  const file = join(folder, `${sha256.slice(0, 16)}-${key.slice(0, 16)}.json`)
  return {
    async read() {
      // One that cannot be read, or is damaged, is found out once more.
      const text = await readFile(file, 'utf8').catch(() => '')
      const kept = parse(text) as { key?: string; check?: string; trial?: InputTrial } | undefined
      const isWhole = kept?.key === key && kept.trial !== undefined && kept.check === checkOf(kept.trial)
      return isWhole ? { ...kept.trial!, margin: (kept.trial!.margin as number | null) ?? Infinity } : undefined
    },
    async write(trial) {
      // JSON knows no infinity.
      const kept = { ...trial, margin: Number.isFinite(trial.margin) ? trial.margin : null }
      await writeFileAtomic(
        file,
        new TextEncoder().encode(`${JSON.stringify({ key, check: checkOf(kept), trial: kept })}\n`),
      )
    },
  }
}

function checkOf(trial: unknown): string {
  return createHash('sha256').update(JSON.stringify(trial)).digest('hex')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
