import sharp = require('sharp')
import { centralRegion, croppedRegion, fitInside, roundRectangle, turnedBox, type Rectangle } from './region.js'
import type { Preprocess, View } from './types.js'

/** An upright sRGB picture in memory: HWC, three bytes a pixel. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

type Size = Pick<Preprocess, 'width' | 'height' | 'interpolation'>

/** The names sharp has for the kernels; all but `nearest` widen when a picture is made smaller, so nothing aliases. */
export const kernels: Record<Preprocess['interpolation'], keyof sharp.KernelEnum> = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
}

/** One view of a decoded picture, as a model's input: RGB, HWC, height * width * 3 bytes. */
export async function render(pixels: Pixels, preprocess: Preprocess, view: View): Promise<Uint8Array> {
  const region = centralRegion(pixels.width, pixels.height, preprocess)
  const crop = croppedRegion(region, view)
  const { rotate = 0, brightness = 1 } = view
  const upright =
    rotate === 0 ? resized(pixels, crop, preprocess) : await turned(pixels, region, crop, preprocess, rotate)
  if (brightness !== 1) upright.linear(brightness, 0)
  if (view.mirror) upright.flop()
  return upright.raw().toBuffer()
}

function resized(pixels: Pixels, rectangle: Rectangle, size: Size): sharp.Sharp {
  const { width, height, interpolation } = size
  return fromPixels(pixels)
    .extract(roundRectangle(rectangle, pixels.width, pixels.height))
    .resize(width, height, { fit: 'fill', kernel: kernels[interpolation] })
}

/**
 * The crop turned about its centre: the box around it is brought to the output's scale, turned, and its middle cut
 * out, so no corner is empty.
 */
async function turned(
  pixels: Pixels,
  region: Rectangle,
  crop: Rectangle,
  preprocess: Preprocess,
  degrees: number,
): Promise<sharp.Sharp> {
  const { width, height, interpolation } = preprocess
  const exact = turnedBox(width, height, degrees)
  // A margin of two pixels: bilinear sampling at the border would mix in the empty outside.
  const box = { width: Math.ceil(exact.width) + 4, height: Math.ceil(exact.height) + 4, interpolation }
  const boxWidth = (crop.width * box.width) / width
  const boxHeight = (crop.height * box.height) / height
  const around = {
    left: crop.left + (crop.width - boxWidth) / 2,
    top: crop.top + (crop.height - boxHeight) / 2,
    width: boxWidth,
    height: boxHeight,
  }
  const data = await resized(pixels, fitInside(around, region), box).raw().toBuffer()
  const { data: tilted, info } = await fromPixels({ data, ...box })
    .rotate(degrees)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return fromPixels({ data: tilted, width: info.width, height: info.height }).extract({
    left: Math.round((info.width - width) / 2),
    top: Math.round((info.height - height) / 2),
    width,
    height,
  })
}

function fromPixels({ data, width, height }: Pixels): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
}
