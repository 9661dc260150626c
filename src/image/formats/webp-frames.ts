const headBytes = 12
/** `ANMF` and `XMP ` as numbers. */
const frame = 0x414e4d46
const text = 0x584d5020

/**
 * A WebP picture without the frames behind its first and without its text: a decoder looks through all frames before
 * the first one, longer for each, and copies the text several times.
 *
 * @returns the same array where there is nothing of that
 */
export function firstFrame(webp: Uint8Array): Uint8Array {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.length)
  const kept: Uint8Array[] = []
  let frames = 0
  let from = headBytes
  let at = headBytes
  while (at + 8 <= webp.length) {
    const type = view.getUint32(at)
    const size = view.getUint32(at + 4, true)
    const end = at + 8 + size + (size % 2)
    // The decoder says what is wrong with a chunk that is cut off.
    if (end > webp.length) break
    if (type === text || (type === frame && ++frames > 1)) {
      kept.push(webp.subarray(from, at))
      from = end
    }
    at = end
  }
  if (from === headBytes) return webp
  kept.push(webp.subarray(from))
  const whole = Buffer.concat([webp.subarray(0, headBytes), ...kept])
  whole.writeUInt32LE(whole.length - 8, 4)
  return whole
}
