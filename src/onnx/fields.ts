/** Protobuf messages as bytes: where their fields lie, without the library that decodes them. */

/** Numbers of fields in `onnx.proto`. */
export const modelGraph = 7
export const modelMetadata = 14
export const graphOutput = 12
export const valueName = 1
export const entryKey = 1
export const entryValue = 2

/** Wire type of a field whose length stands before its content. */
const delimited = 2

/** Bytes of the longest varint. */
export const maxVarintBytes = 10

/** A field's number, and its content from `start` to `end` (exclusive). */
export interface Field {
  readonly field: number
  readonly start: number
  readonly end: number
}

/**
 * The fields of a message in order, each with the position `at` of its first byte.
 *
 * @param from of the message in `bytes`
 * @param to its end, exclusive
 * @throws RangeError where these bytes are no message
 */
export function* fieldsOf(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Field & { readonly at: number }> {
  for (let at = from; at < to;) {
    const field = fieldAt(bytes.subarray(at, Math.min(at + 2 * maxVarintBytes, to)), at)
    if (field.end > to) throw new RangeError('the bytes end in the middle of a field')
    yield { at, ...field }
    at = field.end
  }
}

/** The fields, by number, of a message that holds nothing but strings. */
export function textsOf(message: Uint8Array): Map<number, string> {
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
export function fieldAt(bytes: Uint8Array, at: number): Field {
  let read = 0
  const tag = varint()
  const length = lengthOf(tag % 8)
  return { field: Math.floor(tag / 8), start: at + read, end: at + read + length }

  function lengthOf(wireType: number): number {
    if (wireType === delimited) return varint()
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

/** A field whose content is a string or a message. */
export function encodeField(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([varint(8 * field + delimited), varint(content.length), content])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128)
  return Uint8Array.from([...bytes, left])
}
