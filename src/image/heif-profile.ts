/** Boxes on the way to a picture's properties, and the bytes of each before its first child. */
const way: readonly (readonly [type: string, header: number])[] = [
  ['meta', 4],
  ['iprp', 0],
  ['ipco', 0],
]

/** The first ICC profile among the properties in a HEIF file, which is that of the picture; `undefined` for none. */
export function heifProfile(bytes: Uint8Array): Uint8Array | undefined {
  let content: Uint8Array | undefined = bytes
  for (const [type, header] of way) {
    content = [...boxes(content)].find((box) => box.type === type)?.content.subarray(header)
    if (content === undefined) return undefined
  }
  for (const { type, content: colour } of boxes(content)) {
    if (type === 'colr' && ['prof', 'rICC'].includes(name(colour, 0))) return colour.slice(4)
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
    yield { type: name(bytes, at + 4), content: bytes.subarray(at + header, at + size) }
    at += size
  }
}

function name(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}
