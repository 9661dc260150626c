import { encodeField, entryKey, entryValue, fieldsOf, modelMetadata, textsOf } from './fields.js'

/**
 * Replaces entries of an ONNX file's `metadata_props`, and adds those that are missing; all other bytes stay as they
 * are.
 *
 * @returns the new file in pieces, some of which are views of the old one
 * @throws RangeError where the bytes are no ONNX file
 */
export function replaceMetadata(model: Uint8Array, entries: Readonly<Record<string, string>>): Uint8Array[] {
  const left = new Map(Object.entries(entries))
  const pieces: Uint8Array[] = []
  for (const { at, field, start, end } of fieldsOf(model)) {
    const key = field === modelMetadata ? textsOf(model.subarray(start, end)).get(entryKey) : undefined
    if (key === undefined || !Object.hasOwn(entries, key)) pieces.push(model.subarray(at, end))
    else if (left.has(key)) pieces.push(encodeMetadata(key, left.get(key)!))
    if (key !== undefined) left.delete(key)
  }
  for (const [key, value] of left) pieces.push(encodeMetadata(key, value))
  return pieces
}

/** One entry of `metadata_props`, as a field of an ONNX file. */
export function encodeMetadata(key: string, value: string): Uint8Array {
  const text = (field: number, content: string) => encodeField(field, Buffer.from(content))
  return encodeField(modelMetadata, Buffer.concat([text(entryKey, key), text(entryValue, value)]))
}
