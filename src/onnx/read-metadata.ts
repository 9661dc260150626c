import type { FileHandle } from 'node:fs/promises'
import { readAt } from '../core/positioned.js'

/** Field numbers of `onnx.proto`. */
const modelGraph = 7
const modelMetadata = 14
const entryKey = 1
const entryValue = 2

/** Bytes of the longest varint. */
const maxVarintBytes = 10

/**
 * The value of one entry of an ONNX file's `metadata_props`. The graph, nearly all of the file, is skipped, and the
 * protobuf library is not loaded.
 *
 * @returns `undefined` where no entry has that key
 * @throws RangeError where the file is not an ONNX file, or is cut off
 */
export async function readMetadata(file: FileHandle, key: string): Promise<string | undefined> {
  const { size } = await file.stat()
  let value: string | undefined
  let hasGraph = false
  for (let at = 0; at < size;) {
    const { field, start, end } = fieldAt(await readAt(file, at, Math.min(at + 2 * maxVarintBytes, size)), at)
    if (end > size) throw new RangeError('the file ends in the middle of a field')
    if (field === modelGraph) hasGraph = true
    if (field === modelMetadata) {
      const entry = textsOf(await readAt(file, start, end))
      if (entry.get(entryKey) === key) value = entry.get(entryValue) ?? ''
    }
    at = end
  }
  if (!hasGraph) throw new RangeError('there is no graph')
  return value
}

/** The fields, by number, of a message that holds nothing but strings. */
function textsOf(message: Uint8Array): Map<number, string> {
  const texts = new Map<number, string>()
  for (let at = 0; at < message.length;) {
    const { field, start, end } = fieldAt(message.subarray(at), at)
    texts.set(field, new TextDecoder().decode(message.subarray(start, end)))
    at = end
  }
  return texts
}

/**
 * The number of a protobuf field, and where its content lies.
 *
 * @param bytes start of the field
 * @param at position of the field
 */
function fieldAt(
  bytes: Uint8Array,
  at: number,
): { readonly field: number; readonly start: number; readonly end: number } {
  let read = 0
  const tag = varint()
  const length = lengthOf(tag % 8)
  return { field: Math.floor(tag / 8), start: at + read, end: at + read + length }

  function lengthOf(wireType: number): number {
    if (wireType === 2) return varint()
    if (wireType === 1) return 8
    if (wireType === 5) return 4
    if (wireType !== 0) throw new RangeError(`there is no wire type ${wireType}`)
    varint()
    return 0
  }

  function varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[read++]
      if (byte === undefined) throw new RangeError('the bytes end in the middle of a number')
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
  }
}
