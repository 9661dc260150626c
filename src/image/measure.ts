import sharp = require('sharp')
import { withoutText } from './png-text.js'
import { formatOf } from './problems.js'

/** What decoding a picture takes, by its header. */
export interface Measure {
  /** Width times height. */
  readonly pixels: number
  /** Estimated bytes of memory while it is decoded, beside the result. */
  readonly bytes: number
}

/**
 * Measures a picture before any of its pixels is decoded.
 *
 * @returns `undefined` where the header says nothing: decoding the picture will tell why
 */
export async function measure(bytes: Uint8Array): Promise<Measure | undefined> {
  const format = formatOf(bytes)
  if (format === 'BMP') return measureBmp(bytes)
  try {
    const png = format === 'PNG' ? withoutText(bytes) : bytes
    const metadata = await sharp(png, { limitInputPixels: false }).metadata()
    const pixels = metadata.width * metadata.height
    return { pixels, bytes: pixels * bytesPerPixel(metadata) }
  } catch {
    return undefined
  }
}

/**
 * A plain JPEG is decoded a few rows at a time, and its decoder shrinks it. Of a progressive one, all coefficients are
 * in memory, two bytes each. Any other picture counts with all its samples, as an interlaced PNG has them in memory; at
 * least six bytes, which decoders of AVIF and WebP may need.
 */
function bytesPerPixel({ format, isProgressive, channels, depth }: sharp.Metadata): number {
  if (format === 'jpeg') return isProgressive ? 2 * channels : 1
  const sampleBytes = depth === 'uchar' ? 1 : depth === 'ushort' || depth === 'short' ? 2 : 4
  return Math.max(6, channels * sampleBytes)
}

/** As `decodeBmp` reads it: three bytes a pixel, and again as a TIFF. */
function measureBmp(bytes: Uint8Array): Measure | undefined {
  if (bytes.length < 26) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isShort = view.getUint32(14, true) === 12
  const [width, height] = isShort
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)]
  const pixels = Math.abs(width * height)
  return { pixels, bytes: 6 * pixels }
}
