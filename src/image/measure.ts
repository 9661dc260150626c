import sharp = require('sharp')
import { formatOf } from './problems.js'

/**
 * How many pixels a picture has by its header, before any of them is decoded.
 *
 * @returns `undefined` where the header says nothing: decoding the picture will tell why
 */
export async function pixelsOf(bytes: Uint8Array): Promise<number | undefined> {
  if (formatOf(bytes) === 'BMP') return pixelsOfBmp(bytes)
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
    return width * height
  } catch {
    return undefined
  }
}

/** As `decodeBmp` reads it. */
function pixelsOfBmp(bytes: Uint8Array): number | undefined {
  if (bytes.length < 26) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isShort = view.getUint32(14, true) === 12
  const [width, height] = isShort
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)]
  return Math.abs(width * height)
}
