import type { FileHandle } from 'node:fs/promises'
import type { BottleneckShape } from '../features/entry.js'
import { NpluskError } from '../core/errors.js'
import { readAt } from '../core/positioned.js'
import { elementBytes, encodeHeader, headerEnd, parseHeader } from './safetensors.js'

/**
 * A part: bottlenecks on their way from one machine's store to another's, as a safetensors file with a row for every
 * view. It is written and read in blocks, since it may be larger than the memory.
 */
export type PartLayout = Readonly<Record<(typeof names)[number], TensorShape>>
const names = ['logits', 'features', 'keys'] as const

interface TensorShape {
  readonly dtype: 'F32' | 'F16' | 'U8'
  readonly dims: readonly [rows: number, columns: number]
}

/** A key is a SHA-256. */
export const keyBytes = 32
/** No header is longer. */
const longestHeader = 2 ** 20

export function layoutOf(count: number, { dim, classes }: BottleneckShape): PartLayout {
  return {
    logits: { dtype: 'F32', dims: [count, classes] },
    features: { dtype: 'F16', dims: [count, dim] },
    keys: { dtype: 'U8', dims: [count, keyBytes] },
  }
}

/** Where a row of a tensor starts in the file, counted from the end of its header at `start`. */
export function placesOf(layout: PartLayout, start: number): (name: keyof PartLayout, row: number) => number {
  const starts = new Map<string, number>()
  let place = start
  for (const name of names) {
    starts.set(name, place)
    place += layout[name].dims[0] * rowBytes(layout[name])
  }
  return (name, row) => starts.get(name)! + row * rowBytes(layout[name])
}

function rowBytes({ dtype, dims }: TensorShape): number {
  return dims[1] * elementBytes(dtype)
}

/** The header of a part, with the eight bytes before it. */
export function encodeLayout(layout: PartLayout): Buffer {
  const { logits, features, keys } = layout
  return encodeHeader({ logits, features, keys }, { 'nplusk.part': '1' })
}

/**
 * Reads a part's header, and checks that the file is as long as it says.
 *
 * @returns the layout, and where the tensors start
 * @throws NpluskError `BAD_INPUT`
 */
export async function readLayout(handle: FileHandle, file: string): Promise<{ layout: PartLayout; start: number }> {
  const wrong = (cause?: unknown) => badPart(file, 'is no part of features, or is damaged', cause)
  const { size } = await handle.stat()
  if (size < 8) throw wrong()
  const start = headerEnd(await readAt(handle, 0, 8))
  if (start > longestHeader || start > size) throw wrong()
  try {
    const header = await readAt(handle, 0, start)
    const { features, logits } = parseHeader(header, () => header.subarray(8)).entries
    const [count, dim, classes] = [features!.shape[0]!, features!.shape[1]!, logits!.shape[1]!]
    const layout = layoutOf(count, { dim, classes })
    const end = placesOf(layout, start)('keys', layout.keys.dims[0])
    if (!header.equals(encodeLayout(layout)) || size !== end) throw new RangeError(`${size} bytes, not ${end}`)
    return { layout, start }
  } catch (cause) {
    throw wrong(cause)
  }
}

/** @param what is wrong with the file */
export function badPart(file: string, what: string, cause?: unknown): NpluskError {
  return new NpluskError('BAD_INPUT', `${file} ${what}.`, { cause, remedy: { kind: 'write-part-again' } })
}
