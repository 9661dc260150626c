import { jpegSegments } from './jpeg-segments.js'

/** The luminance table of annex K of ISO/IEC 10918-1, in zigzag order, as a file holds it. */
const standard = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
  60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121,
  112, 100, 120, 92, 101, 103, 99,
]

/**
 * The quality at which a JPEG was saved, on the scale of the Independent JPEG Group's library: its first quantisation
 * table is the standard's, times 50 / quality below 50 and times 2 − quality / 50 above. A table of another shape gives
 * the quality of the same mean.
 *
 * @returns 1..100; `undefined` for what is no JPEG, or has no table
 */
export function jpegQuality(bytes: Uint8Array): number | undefined {
  const table = firstTable(bytes)
  if (table === undefined) return undefined
  // Values are cut off at 255 in most files.
  const kept = standard.map((_, i) => i).filter((i) => table[i]! < 255)
  if (kept.length === 0) return 1
  const sum = (values: readonly number[]) => kept.reduce((total, i) => total + values[i]!, 0)
  const scale = sum(table) / sum(standard)
  const quality = scale <= 1 ? 50 * (2 - scale) : 50 / scale
  return Math.max(1, Math.min(100, Math.round(quality)))
}

/** The 64 values of quantisation table 0, or of the first one. */
function firstTable(bytes: Uint8Array): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const { marker, start } of jpegSegments(bytes)) {
    if (marker !== 0xdb) continue
    const size = bytes[start]! >> 4 === 0 ? 1 : 2
    if (start + 1 + 64 * size > bytes.length) return undefined
    const at = start + 1
    return Array.from({ length: 64 }, (_, i) => (size === 2 ? view.getUint16(at + 2 * i) : bytes[at + i]!))
  }
  return undefined
}
