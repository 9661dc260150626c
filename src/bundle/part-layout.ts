import type { FileHandle } from 'node:fs/promises'
import type { BottleneckShape } from '../features/entry.js'
import { NpluskError } from '../core/errors.js'
import { readAt } from '../core/positioned.js'
import { elementBytes, encodeHeader, headerEnd, parseHeader } from './safetensors.js'

/**
 * A part: bottlenecks for transfer from one machine's store to another's, as a safetensors file with one row per view,
 * each with a checksum (`checksumOf`). It is written and read in blocks, since it may exceed the memory.
 */
export type PartLayout = Readonly<Record<(typeof names)[number], TensorShape>>
const names = ['logits', 'checksums', 'features', 'keys'] as const

interface TensorShape {
  readonly dtype: 'F32' | 'F16' | 'U8' | 'I32'
  readonly dims: readonly [rows: number, columns: number]
}

const versionKey = 'nplusk.part'
/** Increased when the format changes. */
const version = '2'

/** A key is a SHA-256 hash. */
export const keyBytes = 32
/** No valid header is longer. */
const maxHeaderBytes = 2 ** 20

export function layoutOf(count: number, { dim, classes }: BottleneckShape): PartLayout {
  return {
    logits: { dtype: 'F32', dims: [count, classes] },
    checksums: { dtype: 'I32', dims: [count, 1] },
    features: { dtype: 'F16', dims: [count, dim] },
    keys: { dtype: 'U8', dims: [count, keyBytes] },
  }
}

/**
 * Returns the byte offset in the file at which a row of a tensor starts.
 *
 * @param start byte offset of the end of the header
 */
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

/** The header of a part, including the eight bytes of its length. */
export function encodeLayout(layout: PartLayout): Buffer {
  const { logits, checksums, features, keys } = layout
  return encodeHeader({ logits, checksums, features, keys }, { [versionKey]: version })
}

/**
 * Reads a part's header, and checks the length of the file against it.
 *
 * @returns the layout, and the byte offset of the tensors
 * @throws NpluskError `BAD_INPUT`
 */
export async function readLayout(handle: FileHandle, file: string): Promise<{ layout: PartLayout; start: number }> {
  const wrong = (cause?: unknown) => badPart(file, 'is no part of features, or is damaged', cause)
  const { size } = await handle.stat()
  if (size < 8) throw wrong()
  const start = headerEnd(await readAt(handle, 0, 8))
  if (start > maxHeaderBytes || start > size) throw wrong()
  try {
    const header = await readAt(handle, 0, start)
    const { entries, metadata } = parseHeader(header, () => header.subarray(8))
    const { features, logits } = entries
    if (metadata[versionKey] === '1') throw badPart(file, 'was written by an earlier version, without checksums')
    const [count, dim, classes] = [features!.shape[0]!, features!.shape[1]!, logits!.shape[1]!]
    const layout = layoutOf(count, { dim, classes })
    const end = placesOf(layout, start)('keys', layout.keys.dims[0])
    if (!header.equals(encodeLayout(layout)) || size !== end) throw new RangeError(`${size} bytes, not ${end}`)
    return { layout, start }
  } catch (cause) {
    if (cause instanceof NpluskError) throw cause
    throw wrong(cause)
  }
}

/** @param what describes what is wrong with the file */
export function badPart(file: string, what: string, cause?: unknown): NpluskError {
  return new NpluskError('BAD_INPUT', `${file} ${what}.`, { cause, remedy: { kind: 'write-part-again' } })
}
