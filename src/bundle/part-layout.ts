import type { FileHandle } from 'node:fs/promises'
import { NpluskError } from '../core/errors.js'
import { readAt } from '../core/positioned.js'
import { decodeHeader, encodeHeader, sizeOf, type TensorShape } from './safetensors.js'

/**
 * A part: bottlenecks on their way from one machine's store to another's, as a safetensors file with a row for every view. It is
 * written and read in blocks, since it may be larger than the memory.
 */
const names = ['logits', 'features', 'keys'] as const
export type PartLayout = Readonly<Record<(typeof names)[number], TensorShape>>

/** Lengths of the vectors in a part. */
export interface PartShape {
  readonly dim: number
  readonly classes: number
}

/** A key is a SHA-256. */
export const keyBytes = 32
/** No header is longer. */
const longestHeader = 2 ** 20

export function layoutOf(count: number, { dim, classes }: PartShape): PartLayout {
  return {
    logits: { dtype: 'F32', dims: [count, classes] },
    features: { dtype: 'F16', dims: [count, dim] },
    keys: { dtype: 'U8', dims: [count, keyBytes] },
  }
}

/** Where a row of a tensor starts in the file. */
export function placesOf(layout: PartLayout, start: number): (name: keyof PartLayout, row: number) => number {
  const starts = new Map<string, number>()
  let place = start
  for (const name of names) {
    starts.set(name, place)
    place += sizeOf(layout[name])
  }
  return (name, row) => starts.get(name)! + sizeOf({ ...layout[name], dims: [row, layout[name].dims[1]!] })
}

/** The header of a part. */
export function encodeLayout(layout: PartLayout): Uint8Array {
  return encodeHeader(layout, { 'nplusk.part': '1' })
}

/**
 * Reads a part's header, and checks that the file is as long as it says.
 *
 * @returns the layout, and where the tensors start
 * @throws NpluskError `BAD_INPUT`
 */
export async function readLayout(handle: FileHandle, file: string): Promise<{ layout: PartLayout; start: number }> {
  const wrong = (cause?: unknown) =>
    new NpluskError('BAD_INPUT', `${file} is no part of features, or is damaged; write it again with "extend features DIR --out FILE".`, { cause }) // prettier-ignore
  const { size } = await handle.stat()
  if (size < 8) throw wrong()
  const length = Number((await readAt(handle, 0, 8)).readBigUInt64LE())
  const start = 8 + length
  if (length > longestHeader || start > size) throw wrong()
  try {
    const header = await readAt(handle, 0, start)
    const { features, logits } = decodeHeader(header.subarray(8)).entries
    const layout = layoutOf(features!.shape[0]!, { dim: features!.shape[1]!, classes: logits!.shape[1]! })
    const end = names.reduce((sum, name) => sum + sizeOf(layout[name]), start)
    if (!header.equals(encodeLayout(layout)) || size !== end) throw new RangeError(`${size} bytes, not ${end}`)
    return { layout, start }
  } catch (cause) {
    throw wrong(cause)
  }
}
