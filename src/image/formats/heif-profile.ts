/** Path of boxes to a picture's properties, and the bytes in each before its first child. */
const boxPath: readonly (readonly [type: string, header: number])[] = [
  ['meta', 4],
  ['iprp', 0],
  ['ipco', 0],
]

/**
 * The first ICC profile among the properties of a HEIF file, which belongs to the picture; `undefined` where there is
 * none.
 */
export function heifProfile(bytes: Uint8Array): Uint8Array | undefined {
  let content: Uint8Array | undefined = bytes
  for (const [type, header] of boxPath) {
    content = [...boxes(content)].find((box) => box.type === type)?.content.subarray(header)
    if (content === undefined) return undefined
  }
  for (const { type, content: colour } of boxes(content)) {
    if (type === 'colr' && ['prof', 'rICC'].includes(fourCC(colour, 0))) return colour.slice(4)
  }
  return undefined
}

function* boxes(bytes: Uint8Array): Generator<{ type: string; content: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + 8 <= bytes.length;) {
    let size = view.getUint32(at)
    let header = 8
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(view.getBigUint64(at + 8))
      header = 16
    }
    if (size === 0) size = bytes.length - at
    if (size < header || at + size > bytes.length) return
    yield { type: fourCC(bytes, at + 4), content: bytes.subarray(at + header, at + size) }
    at += size
  }
}

function fourCC(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}
