import { Problem } from '../problems.js'

/**
 * Reads the elements of a BYTES tensor: before each its length, as 4 bytes, little-endian.
 *
 * @param count elements that the shape says
 * @throws Problem `bad-request` where the bytes are not exactly those of `count` elements
 */
export function readByteElements(bytes: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const elements: Uint8Array[] = []
  let at = 0
  while (elements.length < count && at + 4 <= bytes.length) {
    const begin = at + 4
    at = begin + view.getUint32(at, true)
    if (at > bytes.length) break
    elements.push(bytes.subarray(begin, at))
  }
  if (elements.length < count || at !== bytes.length) {
    throw new Problem(
      'bad-request',
      `The bytes of a BYTES tensor must be its ${count} elements, each after its length as 4 little-endian bytes, and nothing else.`,
    )
  }
  return elements
}

/** Writes texts as the elements of a BYTES tensor. */
export function writeByteElements(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const element = Buffer.from(text)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(element.length)
      return [length, element]
    }),
  )
}
