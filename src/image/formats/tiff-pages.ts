/** Tags under which a directory lists where the strips or the tiles of its picture lie. */
const pieceTags: readonly number[] = [273, 324]

/** The first directory of a TIFF. */
export interface FirstPage {
  /** Strips or tiles that the picture is stored in. */
  readonly pieces: number
  /** Where the place of the next directory stands, and in how many bytes. */
  readonly next: number
  readonly nextBytes: 4 | 8
}

/**
 * Reads the first directory of a TIFF, or of a BigTIFF, whose numbers are longer.
 *
 * @returns `undefined` where it is cut off
 */
export function firstPage(tiff: Uint8Array): FirstPage | undefined {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  if (tiff.length < 16) return undefined
  const little = tiff[0] === 0x49
  const isBig = view.getUint16(2, little) === 43
  const [countBytes, entryBytes, nextBytes] = isBig ? ([8, 20, 8] as const) : ([2, 12, 4] as const)
  const long = (at: number) => Number(view.getBigUint64(at, little))
  const start = isBig ? long(8) : view.getUint32(4, little)
  if (start + countBytes > tiff.length) return undefined
  const entries = isBig ? long(start) : view.getUint16(start, little)
  const next = start + countBytes + entries * entryBytes
  if (next + nextBytes > tiff.length) return undefined
  let pieces = 0
  for (let at = start + countBytes; at < next; at += entryBytes) {
    if (!pieceTags.includes(view.getUint16(at, little))) continue
    pieces = Math.max(pieces, isBig ? long(at + 4) : view.getUint32(at + 4, little))
  }
  return { pieces, next, nextBytes }
}

/**
 * A TIFF that ends with its first page: a decoder would look through all others before it.
 *
 * @returns the same array where there are no others
 */
export function withoutOtherPages(tiff: Uint8Array): Uint8Array {
  const page = firstPage(tiff)
  if (page === undefined) return tiff
  const { next, nextBytes } = page
  if (tiff.subarray(next, next + nextBytes).every((byte) => byte === 0)) return tiff
  return tiff.slice().fill(0, next, next + nextBytes)
}
