import sharp = require('sharp')
import { decodePicture, resultBytes, scaledDown } from './decode.js'
import { gate } from './decode-gate.js'
import { openPicture, type OpenOptions, type OpenPicture } from './open-picture.js'

/** Pixels from which a smaller copy is decoded much sooner. */
const manyPixels = 4e6
/** Formats that take long however small the picture is. */
const slowFormats: readonly (string | undefined)[] = ['AVIF', 'HEIC']

/**
 * A smaller copy of a picture that takes long to decode, for what decodes it again and again: whole, upright, in sRGB.
 *
 * @param shorter pixels of the copy's shorter side at most
 * @returns a JPEG file, the same on every run; `undefined` for a picture that is decoded soon enough
 * @throws NpluskError as `loadImage`; `ABORTED`
 */
export async function reducedPicture(
  source: string | Uint8Array,
  shorter: number,
  options: OpenOptions = {},
): Promise<Uint8Array | undefined> {
  const sizeOf = (width: number, height: number) => scaledDown(width, height, shorter / Math.min(width, height))
  const shrink = { sizeOf, kernel: 'lanczos3' } as const
  using picture = await openPicture(source, resultBytes(shrink), options)
  if (!isSlow(picture)) return undefined
  const { data, width, height } = await decodePicture(picture, shrink)
  return await gate.together(() =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer(),
  )
}

function isSlow({ format, size }: OpenPicture): boolean {
  return slowFormats.includes(format) || (size !== undefined && size.width * size.height > manyPixels)
}
