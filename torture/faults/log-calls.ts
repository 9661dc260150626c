import { readFileSync } from 'node:fs'
import { cp, mkdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run, type Prepared } from '../shared/workplace.js'
import { logging, readCalls, type Call } from './preload.js'

/** An undisturbed run. */
export interface Logged {
  /** Where it ran. */
  readonly path: string
  /** Its calls that change something. */
  readonly calls: readonly Call[]
  /** What a file held when a call flushed it. */
  contentAt(number: number): Uint8Array | undefined
}

export async function logCalls({ scenario, template }: Prepared, library: string, work: string): Promise<Logged> {
  const folder = join(work, `${scenario.name}-logged`)
  const [log, kept] = [`${folder}.log`, `${folder}.kept`]
  await mkdir(kept)
  await cp(template, folder, { recursive: true })
  const path = await realpath(folder)
  await run(scenario, scenario.command, folder, { env: { ...logging(library, path, log), TORTURE_KEEP: kept } })
  await rm(folder, { recursive: true })
  return { path, calls: await readCalls(log), contentAt: (number) => readOr(join(kept, String(number))) }
}

function readOr(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
