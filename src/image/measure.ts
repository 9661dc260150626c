import sharp = require('sharp')
import { samplesPerPixel } from './formats/jpeg-segments.js'

/** A picture by its header. */
export interface Measure {
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** Estimated bytes of memory while it is decoded, beside its file and the result. */
  readonly bytes: number
}

/**
 * Measures a picture before any of its pixels is decoded.
 *
 * @param format as `formatOf` names it
 * @returns `undefined` where the header says nothing: decoding the picture will tell why
 */
export async function measure(bytes: Uint8Array, format: string | undefined): Promise<Measure | undefined> {
  if (format === 'BMP') return measureBmp(bytes)
  try {
    const metadata = await sharp(bytes, { failOn: 'error', limitInputPixels: false, autoOrient: true }).metadata()
    const { width, height } = metadata.autoOrient
    return { width, height, bytes: metadata.width * metadata.height * bytesPerPixel(metadata, format, bytes) }
  } catch {
    return undefined
  }
}

/**
 * What decoders were measured to take, rounded up. A plain JPEG or PNG is decoded a few rows at a time, and a JPEG's
 * decoder shrinks it. Of a JPEG of several scans all coefficients are in memory, two bytes each; of an interlaced PNG,
 * and of a TIFF whose colours lie apart, all samples. WebP and GIF have a canvas of four bytes a pixel; a decoder of
 * AVIF has the picture several times.
 */
function bytesPerPixel(metadata: sharp.Metadata, format: string | undefined, bytes: Uint8Array): number {
  const { isProgressive, channels, depth, bitsPerSample = 8 } = metadata
  const sampleBytes = { uchar: 1, char: 1, ushort: 2, short: 2, double: 8, complex: 8, dpcomplex: 16 }[depth as string]
  const samples = (channels + 1) * (sampleBytes ?? 4)
  if (format === 'JPEG') return isProgressive ? 2 * (samplesPerPixel(bytes) ?? channels) + 0.5 : 1
  if (format === 'PNG') return isProgressive ? samples : 1
  if (format === 'AVIF') return bitsPerSample > 8 ? 28 : 18
  if (format === 'HEIC') return 12
  return format === 'TIFF' ? samples : 5
}

/** As `decodeBmp` reads it: three bytes a pixel. */
function measureBmp(bytes: Uint8Array): Measure | undefined {
  if (bytes.length < 26) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isShort = view.getUint32(14, true) === 12
  const [width, signed] = isShort
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)]
  const height = Math.abs(signed)
  return width <= 0 || height === 0 ? undefined : { width, height, bytes: 3 * width * height }
}
