import sharp = require('sharp')
import { decodeWithin } from './decode.js'
import type { OpenOptions } from './open-picture.js'

/** Pixels of the longer side. */
export const thumbnailSide = 192

/**
 * A small picture of an image, whole and in its shape, some 4 to 10 kB.
 *
 * @param source path of a file, or the bytes of one
 * @returns a WebP file
 * @throws NpluskError as `loadImage`
 */
export async function thumbnail(source: string | Uint8Array, options: OpenOptions = {}): Promise<Uint8Array> {
  const { data, width, height } = await decodeWithin(source, thumbnailSide, options)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .webp({ quality: 70 })
    .toBuffer()
}
