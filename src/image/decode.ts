import { readFile } from 'node:fs/promises'
import sharp = require('sharp')
import { NpluskError, messageOf } from '../core/errors.js'
import { decodedSize } from './decoded-size.js'
import { kernels, render, type Pixels } from './render.js'
import { checkPreprocess, checkView, plainView, type Preprocess, type View } from './types.js'

// Each picture is read once: a cache of pixels would only take memory from the model.
sharp.cache(false)

const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']

/** 2^28: above the largest cameras (200 megapixels), far below what would need gigabytes. */
const maxPixels = 2 ** 28

const inputOptions = { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true } as const

/**
 * Reads a picture (JPEG, PNG, WebP, GIF, TIFF or AVIF; the first frame of several) as a model's input: the
 * orientation tag applied, colours converted to sRGB, transparency laid on white, then cropped and resized as
 * `preprocess` says. Training, prediction and evaluation all use this one function.
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

/** `loadImage` for several views of one picture, which is read and decoded only once. */
export async function decodeViews(
  source: string | Uint8Array,
  preprocess: Preprocess,
  views: readonly View[],
): Promise<Uint8Array[]> {
  checkPreprocess(preprocess)
  views.forEach(checkView)
  const bytes = typeof source === 'string' ? await readSource(source) : source
  let pixels: Pixels
  try {
    pixels = await decode(bytes, preprocess)
  } catch (error) {
    throw unusable(source, reasonOf(error), error)
  }
  return render(pixels, preprocess, views)
}

async function readSource(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new NpluskError('NOT_FOUND', `There is no file "${path}"; check the path.`, { cause: error })
    if (code === 'EISDIR') throw unusable(path, 'it is a folder', error)
    if (code === 'EACCES' || code === 'EPERM') throw unusable(path, 'permission to read it is denied', error)
    throw unusable(path, messageOf(error), error)
  }
}

/**
 * Decodes the whole picture. One that is very much larger than needed is made smaller on the way, in part by the JPEG or WebP decoder
 * itself. The result differs from that of a picture decoded in full, for a photograph made larger by less than half a level of 255 on
 * average.
 */
async function decode(bytes: Uint8Array, preprocess: Preprocess): Promise<Pixels> {
  if (bytes.length === 0) throw new Error('the file is empty')
  const { format, autoOrient } = await sharp(bytes, inputOptions).metadata()
  if (!formats.includes(format)) throw new Error('unsupported image format')
  let image = sharp(bytes, inputOptions)
  const { width, height } = decodedSize(autoOrient.width, autoOrient.height, preprocess)
  if (width < autoOrient.width) {
    image = image.resize(width, height, { fit: 'fill', kernel: kernels[preprocess.interpolation] })
  }
  const { data, info } = await image
    .toColourspace('srgb')
    .flatten({ background: 'white' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${info.channels} channels where RGB was expected`)
  return { data, width: info.width, height: info.height }
}

function unusable(source: string | Uint8Array, reason: string, cause: unknown): NpluskError {
  const name = typeof source === 'string' ? `"${source}"` : 'the image given as bytes'
  const data = typeof source === 'string' ? { file: source } : {}
  return new NpluskError('BAD_INPUT', `Cannot use ${name}: ${reason}; replace or remove it.`, { cause, data })
}

function reasonOf(error: unknown): string {
  const message = messageOf(error).split('\n')[0]!
  if (/pixel limit/.test(message)) return `it has more than ${Math.floor(maxPixels / 1e6)} megapixels`
  if (/unsupported image format/.test(message)) return 'it is not a JPEG, PNG, WebP, GIF, TIFF or AVIF picture'
  if (/is empty/.test(message)) return message
  const detail = message.replace(/^Input buffer has corrupt header:?/, '').trim()
  return `it is damaged (${detail === '' ? 'corrupt header' : detail})`
}
