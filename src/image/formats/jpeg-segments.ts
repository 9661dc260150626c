/** A segment of a JPEG's header: its marker, and where its content lies. */
interface Segment {
  readonly marker: number
  readonly start: number
  readonly end: number
}

const startOfScan = 0xda
const endOfImage = 0xd9

/** The segments of a JPEG before its first scan; none of what is no JPEG. */
export function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === startOfScan || marker === endOfImage) return
    const end = at + 2 + view.getUint16(at + 2)
    yield { marker, start: at + 4, end }
    at = end
  }
}

/**
 * Samples for every pixel of a JPEG: 1.5 where each of two colours has a quarter of the light's.
 *
 * @returns `undefined` where its header does not say
 */
export function samplesPerPixel(bytes: Uint8Array): number | undefined {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    // Start of frame; three of these numbers are of other segments.
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue
    const count = bytes[start + 5] ?? 0
    if (count === 0 || start + 6 + 3 * count > Math.min(end, bytes.length)) return undefined
    const factors = Array.from({ length: count }, (_, i) => bytes[start + 7 + 3 * i]!)
    const most = Math.max(...factors.map((both) => both >> 4)) * Math.max(...factors.map((both) => both & 15))
    return most === 0 ? undefined : factors.reduce((sum, both) => sum + (both >> 4) * (both & 15), 0) / most
  }
  return undefined
}
