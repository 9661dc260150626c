import sharp = require('sharp')
import { decodeViews } from './decode.js'
import { plainView, type Preprocess } from './types.js'

/** Pixels of a side. */
export const thumbnailSide = 96

/** The middle of the picture. */
const square: Preprocess = {
  width: thumbnailSide,
  height: thumbnailSide,
  resize: 'shorter',
  cropFraction: 1,
  interpolation: 'bilinear',
}

/**
 * A small square picture of the middle of an image, some 2 to 4 kB.
 *
 * @param source path of a file, or the bytes of one
 * @returns a WebP file
 * @throws NpluskError as `loadImage`
 */
export async function thumbnail(source: string | Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
  const [pixels] = await decodeViews(source, square, [plainView], signal)
  return sharp(pixels, { raw: { width: thumbnailSide, height: thumbnailSide, channels: 3 } })
    .webp({ quality: 70 })
    .toBuffer()
}
