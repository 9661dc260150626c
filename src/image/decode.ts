import sharp = require('sharp')
import { throwIfAborted } from '../core/errors.js'
import { decodeBmp } from './bmp.js'
import { DecodeGate } from './decode-gate.js'
import { decodedSize } from './decoded-size.js'
import { heicToTiff } from './heic.js'
import { withoutText } from './png-text.js'
import { formatOf, notDecodable, pixelLimit, reasonOf, unexplained, unusable } from './problems.js'
import { readSource } from './read-source.js'
import { kernels, render, type Pixels } from './render.js'
import { encodeTiff } from './tiff.js'
import { checkPreprocess, checkView, plainView, type Preprocess, type View } from './types.js'

// Each picture is read once: a pixel cache would only take memory from the model.
sharp.cache(false)

const gate = new DecodeGate()

export interface DecodeOptions {
  readonly signal?: AbortSignal | undefined
  /** What errors call a picture that is given as bytes. @default the image given as bytes */
  readonly name?: string | undefined
  /** Pixels beyond which a picture is refused. @default 2^28 */
  readonly maxPixels?: number | undefined
  /**
   * Whether an error says what is wrong with a damaged picture, which is then decoded again while all others wait.
   *
   * @default true
   */
  readonly isExplained?: boolean | undefined
}

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
  options: DecodeOptions = {},
): Promise<Uint8Array[]> {
  checkPreprocess(preprocess)
  views.forEach(checkView)
  const shrink = {
    sizeOf: (width: number, height: number) => decodedSize(width, height, preprocess),
    kernel: kernels[preprocess.interpolation],
  }
  const pixels = await decoded(source, shrink, options)
  return gate.together(() => render(pixels, preprocess, views))
}

/**
 * The whole picture, shrunk so that its longer side has at most so many pixels; RGB, HWC.
 *
 * @throws NpluskError as `decodeViews`
 */
export async function decodeWithin(
  source: string | Uint8Array,
  longest: number,
  options: DecodeOptions = {},
): Promise<Pixels> {
  const sizeOf = (width: number, height: number) => {
    const scale = Math.min(1, longest / Math.max(width, height))
    return { width: Math.max(1, Math.round(scale * width)), height: Math.max(1, Math.round(scale * height)) }
  }
  return decoded(source, { sizeOf, kernel: 'lanczos3' }, options)
}

/** How a picture is shrunk while it is decoded. */
interface Shrink {
  sizeOf(width: number, height: number): { readonly width: number; readonly height: number }
  readonly kernel: keyof sharp.KernelEnum
}

async function decoded(source: string | Uint8Array, shrink: Shrink, options: DecodeOptions): Promise<Pixels> {
  const { signal, maxPixels = pixelLimit, isExplained = true } = options
  const { name = typeof source === 'string' ? source : undefined } = options
  const bytes = typeof source === 'string' ? await readSource(source) : source
  const problem = notDecodable(bytes)
  if (problem !== undefined) throw unusable(name, problem)
  try {
    const decodable = await decodableBySharp(bytes, maxPixels, signal)
    return await (isExplained ? decodeOrExplain : decodeTogether)(decodable, shrink, maxPixels)
  } catch (error) {
    throwIfAborted(signal)
    throw unusable(name, { reason: reasonOf(error, maxPixels) }, error)
  }
}

/** The picture as sharp may decode it: HEVC and BMP it cannot, and the text in a PNG it must not unpack. */
async function decodableBySharp(
  bytes: Uint8Array,
  maxPixels: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const format = formatOf(bytes)
  if (format === 'HEIC') return heicToTiff(bytes, maxPixels, signal)
  if (format === 'BMP') return encodeTiff(decodeBmp(bytes, maxPixels))
  return format === 'PNG' ? withoutText(bytes) : bytes
}

/**
 * libvips keeps one error text for all its threads, and every operation clears it when it ends. So the reason why a
 * picture fails is only known when it is decoded again, alone.
 */
async function decodeOrExplain(bytes: Uint8Array, shrink: Shrink, maxPixels: number): Promise<Pixels> {
  try {
    return await decodeTogether(bytes, shrink, maxPixels)
  } catch {
    return gate.alone(() => decode(bytes, shrink, maxPixels))
  }
}

/** @throws Error without the reason, which may be another picture's */
async function decodeTogether(bytes: Uint8Array, shrink: Shrink, maxPixels: number): Promise<Pixels> {
  try {
    return await gate.together(() => decode(bytes, shrink, maxPixels))
  } catch (cause) {
    throw new Error(unexplained, { cause })
  }
}

/**
 * Decodes the whole picture. A picture very much larger than needed is shrunk while decoding, in part by the JPEG or
 * WebP decoder itself. The result differs from that of full decoding: for an upscaled photograph, by less than half a
 * level of 255 on average.
 */
async function decode(bytes: Uint8Array, shrink: Shrink, maxPixels: number): Promise<Pixels> {
  const inputOptions = { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true } as const
  const { autoOrient } = await sharp(bytes, inputOptions).metadata()
  let image = sharp(bytes, inputOptions)
  const { width, height } = shrink.sizeOf(autoOrient.width, autoOrient.height)
  if (width < autoOrient.width || height < autoOrient.height) {
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
