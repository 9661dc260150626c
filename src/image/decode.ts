import sharp = require('sharp')
import { gate } from './decode-gate.js'
import { decodedSize } from './decoded-size.js'
import { isLargeAtWork } from './memory.js'
import { openPicture, type OpenOptions, type OpenPicture } from './open-picture.js'
import { unexplained } from './problems.js'
import { kernels, render, type Pixels } from './render.js'
import { checkPreprocess, checkView, plainView, type Preprocess, type View } from './types.js'

// Each picture is read once: a pixel cache would only take memory from the model.
sharp.cache(false)

/**
 * Reads a picture (JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC or BMP; the first frame of several) as a model's input:
 * applies the orientation tag, converts colours to sRGB, puts transparent pictures on white, then crops and resizes as
 * `preprocess` says: `decodeViews` for one view.
 *
 * @param source path of a file, or the bytes of one
 * @returns RGB, HWC: height * width * 3 bytes; the same on every run
 * @throws NpluskError `BAD_INPUT` naming the file and what is wrong with it; `NOT_FOUND` where there is none
 */
export async function loadImage(
  source: string | Uint8Array,
  preprocess: Preprocess,
  view: View = plainView,
): Promise<Uint8Array> {
  const [pixels] = await decodeViews(source, preprocess, [view])
  return pixels!
}

/**
 * `loadImage` for several views of one picture, which is read and decoded only once.
 *
 * Training, prediction and evaluation all get their pixels here.
 *
 * @returns one array per view, in the order of `views`
 * @throws NpluskError as `loadImage`; `ABORTED`, as far as a decoder can be stopped
 */
export async function decodeViews(
  source: string | Uint8Array,
  preprocess: Preprocess,
  views: readonly View[],
  options: OpenOptions = {},
): Promise<Uint8Array[]> {
  checkPreprocess(preprocess)
  views.forEach(checkView)
  const shrink = {
    sizeOf: (width: number, height: number) => decodedSize(width, height, preprocess),
    kernel: kernels[preprocess.interpolation],
  }
  using picture = await openPicture(source, resultBytes(shrink), options)
  const pixels = await decodePicture(picture, shrink)
  return await gate.together(() => render(pixels, preprocess, views))
}

/**
 * The whole picture, shrunk so that its longer side has at most so many pixels; RGB, HWC.
 *
 * @throws NpluskError as `decodeViews`
 */
export async function decodeWithin(
  source: string | Uint8Array,
  longest: number,
  options: OpenOptions = {},
): Promise<Pixels> {
  const sizeOf = (width: number, height: number) => scaledDown(width, height, longest / Math.max(width, height))
  const shrink = { sizeOf, kernel: 'lanczos3' } as const
  using picture = await openPicture(source, resultBytes(shrink), options)
  return await decodePicture(picture, shrink)
}

/** A size in whole pixels, at least one each way; a scale of more than 1 leaves it as it is. */
export function scaledDown(width: number, height: number, scale: number): { width: number; height: number } {
  const [own, other] = [width, height].map((side) => Math.max(1, Math.round(Math.min(1, scale) * side)))
  return { width: own!, height: other! }
}

/** How a picture is shrunk while it is decoded. */
export interface Shrink {
  sizeOf(width: number, height: number): { readonly width: number; readonly height: number }
  readonly kernel: keyof sharp.KernelEnum
}

/** Bytes to open a picture with: twice what is made, as what was made of the one before may not be collected yet. */
export function resultBytes({ sizeOf }: Shrink): (width: number, height: number) => number {
  return (width, height) => {
    const made = sizeOf(width, height)
    return 2 * 3 * made.width * made.height
  }
}

/**
 * The whole picture, upright and in sRGB; RGB, HWC.
 *
 * libvips keeps one error text for all its threads, and every operation clears it when it ends. So the reason why a
 * picture fails is only known when it is decoded again, alone. It is not looked for where all others would have to wait
 * for a large one meanwhile.
 *
 * @throws NpluskError `BAD_INPUT` naming the picture and what is wrong with it
 */
export async function decodePicture(picture: OpenPicture, shrink: Shrink): Promise<Pixels> {
  try {
    try {
      return await gate.together(() => decode(picture, shrink))
    } catch (cause) {
      // The message may be another picture's.
      if (isLargeAtWork()) throw new Error(unexplained, { cause })
      return await gate.alone(() => decode(picture, shrink))
    }
  } catch (error) {
    throw picture.unusable(error)
  }
}

/**
 * Decodes the whole picture. A picture very much larger than needed is shrunk while decoding, in part by the JPEG or
 * WebP decoder itself. The result differs from that of full decoding: for an upscaled photograph, by less than half a
 * level of 255 on average.
 */
async function decode({ bytes, size, maxPixels }: OpenPicture, shrink: Shrink): Promise<Pixels> {
  const inputOptions = { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true } as const
  const whole = size ?? (await sharp(bytes, inputOptions).metadata()).autoOrient
  let image = sharp(bytes, inputOptions)
  const { width, height } = shrink.sizeOf(whole.width, whole.height)
  if (width < whole.width || height < whole.height) {
    image = image.resize(width, height, { fit: 'fill', kernel: shrink.kernel })
  }
  const { data, info } = await image
    .toColourspace('srgb')
    .flatten({ background: 'white' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${info.channels} channels where RGB was expected`)
  return { data, width: info.width, height: info.height }
}
