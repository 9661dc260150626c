import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

// The source is not compiled by tsc: it stays in the repository, and this file runs from dist/.
const source = fileURLToPath(new URL('../../../torture/faults/preload.c', import.meta.url))

/** Builds the library that lets calls fail. @returns a sentence where that is not possible */
export async function buildPreload(library: string): Promise<string | undefined> {
  if (platform() !== 'linux') return 'faults are injected by LD_PRELOAD, which is tried on Linux alone.'
  try {
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl', '-lpthread'])
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return 'a C compiler, cc, is needed to build what injects faults.'
  }
}

/** A call that changes something below a folder. */
export interface Call {
  /** From 1. */
  readonly number: number
  readonly name: 'create' | 'write' | 'fsync' | 'close' | 'truncate' | 'mkdir' | 'unlink' | 'rmdir' | 'rename' | 'link'
  readonly path: string
  /** Where it is renamed or linked to; for `create` whether what is there is emptied (t) or in the way (x). */
  readonly other: string
  /** Negative where it failed. */
  readonly result: number
}

/** Environment variables with which the library logs all calls below a folder. */
export function logging(library: string, below: string, log: string): Record<string, string> {
  return { LD_PRELOAD: library, TORTURE_BELOW: below, TORTURE_LOG: log }
}

/** A fault, and the call that it meets. */
export interface Injected {
  readonly at: number
  readonly kind: FaultKind
  /** What the call does. */
  readonly call: Call['name']
}

export type FaultKind = keyof typeof kinds

/** What each lets a call do: fail by the number of an error, once or from then on; write half; end the program. */
export const kinds = {
  ENOSPC: { with: '28', sticky: true },
  EROFS: { with: '30', sticky: true },
  EIO: { with: '5', sticky: false },
  EMFILE: { with: '24', sticky: false },
  short: { with: 'short', sticky: false },
  kill: { with: 'kill', sticky: false },
} as const

/** The kinds that are tried at a call: three errors at every call, others where they can happen. */
export function kindsAt({ name }: Call): FaultKind[] {
  const everywhere: FaultKind[] = ['ENOSPC', 'EROFS', 'EIO', 'kill']
  if (name === 'create') return [...everywhere, 'EMFILE']
  return name === 'write' ? [...everywhere, 'short'] : everywhere
}

/** Environment variables with which the library injects a fault. */
export function injecting(
  library: string,
  below: string,
  { at, kind }: Omit<Injected, 'call'>,
): Record<string, string> {
  const { with: what, sticky } = kinds[kind]
  return {
    LD_PRELOAD: library,
    TORTURE_BELOW: below,
    TORTURE_AT: String(at),
    TORTURE_WITH: what,
    ...(sticky ? { TORTURE_STICKY: '1' } : {}),
  }
}

export async function readCalls(log: string): Promise<Call[]> {
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [number, name, path, other, result] = line.split('\t')
    return { number: Number(number), name: name as Call['name'], path: path!, other: other!, result: Number(result) }
  })
}
