import { open, stat } from 'node:fs/promises'
import type { Random } from '../../src/math/random.js'

/** Files that are read again and again, none of whose bits may change unnoticed. */
export interface FlipTarget extends AsyncDisposable {
  /** Their paths; attempts go to each of them equally often, however long it is. */
  readonly files: readonly string[]
  /**
   * Reads what holds the file, one of whose bits is changed, as the program does.
   *
   * @returns `found` where an `NpluskError`, `extend verify` or a value taken for missing says so; `same` where every
   * answer is that of the untouched file; else what happened instead, in one sentence. Other errors are thrown
   */
  ask(file: string): Promise<'found' | 'same' | { readonly fault: string }>
}

/** Makes a target in an empty folder. */
export type TargetMaker = (folder: string) => Promise<FlipTarget>

/** A bit of a file. */
export interface Bit {
  readonly byte: number
  /** 0..7 */
  readonly bit: number
}

/** Draws a bit of a file, each with the same probability. */
export async function anyBit(file: string, random: Random): Promise<Bit> {
  return { byte: random.integer((await stat(file)).size), bit: random.integer(8) }
}

/** Runs `work` while a bit of the file is changed, in place. */
export async function withFlipped<Result>(file: string, bit: Bit, work: () => Promise<Result>): Promise<Result> {
  await flip(file, bit)
  try {
    return await work()
  } finally {
    await flip(file, bit)
  }
}

async function flip(file: string, { byte, bit }: Bit): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    const bytes = Buffer.alloc(1)
    await handle.read(bytes, 0, 1, byte)
    bytes[0]! ^= 1 << bit
    await handle.write(bytes, 0, 1, byte)
  } finally {
    await handle.close()
  }
}
