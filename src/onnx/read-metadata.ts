/** Field numbers of `onnx.proto`, and what a length-delimited field's tag ends with. */
const modelGraph = 7
const modelMetadata = 14
const entryKey = 1
const entryValue = 2
const lengthDelimited = 2

/**
 * One entry of an ONNX file's `metadata_props`, read without decoding the graph or loading what decodes it: where only this is
 * wanted, that would be most of the work.
 *
 * @returns `undefined` where there is none of that key
 * @throws RangeError where the bytes are no ONNX file, or not all of one
 */
export function readMetadata(model: Uint8Array, key: string): string | undefined {
  let value: string | undefined
  let hasGraph = false
  for (const { field, content } of fieldsOf(model)) {
    if (field === modelGraph) hasGraph = true
    if (field !== modelMetadata || content === undefined) continue
    const entry = new Map([...fieldsOf(content)].map((one) => [one.field, one.content]))
    if (textOf(entry.get(entryKey)) === key) value = textOf(entry.get(entryValue))
  }
  if (!hasGraph) throw new RangeError('there is no graph')
  return value
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}

/** The fields of a protobuf message, one level deep; `content` is that of length-delimited ones. */
function* fieldsOf(message: Uint8Array): Generator<{ readonly field: number; readonly content?: Uint8Array }> {
  let at = 0
  while (at < message.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    const type = tag % 8
    if (type === lengthDelimited) {
      const length = varint()
      const end = skip(length)
      yield { field, content: message.subarray(end - length, end) }
    } else {
      if (type === 0) varint()
      else if (type === 1) skip(8)
      else if (type === 5) skip(4)
      else throw new RangeError(`there is no wire type ${type}`)
      yield { field }
    }
  }

  function varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[skip(1) - 1]!
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
  }

  function skip(length: number): number {
    if (at + length > message.length) throw new RangeError('the bytes end in the middle of a field')
    return (at += length)
  }
}
