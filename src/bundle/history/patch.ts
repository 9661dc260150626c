import { fieldsOf, modelGraph } from '../../onnx/fields.js'

/**
 * A piece of a patched file: `length` bytes of the original from `from`, or the next `length` of the patch's own bytes
 * where `from` is `null`.
 */
export type Piece = readonly [from: number | null, length: number]

/** A file as pieces of another one, with what it has of its own. */
export interface Patch {
  readonly pieces: readonly Piece[]
  readonly own: Uint8Array
}

/**
 * A model as a patch of the backbone that it contains. Nodes and weights are whole fields in both files, so that what
 * remains is the added heads, the outputs and the metadata; no byte is decoded, and bytes of any kind give a patch.
 */
export function patchOf(model: Uint8Array, backbone: Uint8Array): Patch {
  const find = finderIn(backbone)
  const pieces: [from: number | null, length: number][] = []
  const own: Uint8Array[] = []
  for (const [start, end] of chunksOf(model)) {
    const chunk = model.subarray(start, end)
    const from = find(chunk)
    const last = pieces.at(-1)
    if (last && (from === null ? last[0] === null : last[0] !== null && last[0] + last[1] === from)) {
      last[1] += chunk.length
    } else {
      pieces.push([from, chunk.length])
    }
    if (from === null) own.push(chunk)
  }
  return { pieces, own: Buffer.concat(own) }
}

/**
 * Most bytes of a patched file, for every byte that it is made of. A model has the fields of its backbone once; a patch
 * that repeats them could otherwise fill the memory.
 */
const maxGrowth = 2

/**
 * Puts a patched file together again.
 *
 * @throws RangeError where the patch does not fit the original, or gives far more than both have
 */
export function applyPatch({ pieces, own }: Patch, backbone: Uint8Array): Uint8Array {
  const size = pieces.reduce((sum, [, length]) => sum + length, 0)
  if (size > maxGrowth * (own.length + backbone.length)) throw new RangeError('pieces that repeat too much')
  const parts: Uint8Array[] = []
  let next = 0
  for (const [from, length] of pieces) {
    const start = from ?? next
    const part = (from === null ? own : backbone).subarray(start, start + length)
    if (part.length !== length) throw new RangeError('a piece beyond the end of the file')
    if (from === null) next += length
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Finds a chunk of the backbone with the same bytes: the one behind the chunk found last, if it fits. */
function finderIn(backbone: Uint8Array): (chunk: Uint8Array) => number | null {
  const startsOf = new Map<number, number[]>()
  for (const [start, end] of chunksOf(backbone)) {
    const starts = startsOf.get(end - start)
    if (starts) starts.push(start)
    else startsOf.set(end - start, [start])
  }
  let next = 0
  return (chunk) => {
    const isAt = (start: number) => Buffer.compare(backbone.subarray(start, start + chunk.length), chunk) === 0
    const found = isAt(next) ? next : (startsOf.get(chunk.length) ?? []).find(isAt)
    if (found !== undefined) next = found + chunk.length
    return found ?? null
  }
}

/** The fields of a model, and in place of its graph the graph's; all of it in one chunk if it is no ONNX file. */
function chunksOf(bytes: Uint8Array): readonly (readonly [start: number, end: number])[] {
  const chunks: [number, number][] = []
  try {
    for (const { at, field, start, end } of fieldsOf(bytes)) {
      if (field !== modelGraph) {
        chunks.push([at, end])
        continue
      }
      chunks.push([at, start])
      for (const inner of fieldsOf(bytes, start, end)) chunks.push([inner.at, inner.end])
    }
  } catch (error) {
    if (error instanceof RangeError) return [[0, bytes.length]]
    throw error
  }
  return chunks
}
