import sharp = require('sharp')
import { centralRegion, croppedRegion, fitInside, roundRectangle, turnedBox, type Rectangle } from './region.js'
import type { Preprocess, View } from './types.js'

/** An upright sRGB picture in memory: HWC, three bytes a pixel. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** An upright sRGB picture that sharp reads from wherever it is. */
export interface Picture {
  readonly width: number
  readonly height: number
  open(): sharp.Sharp
}

type Size = Pick<Preprocess, 'width' | 'height' | 'interpolation'>

/** The names sharp has for the kernels; all but `nearest` widen when a picture is made smaller, so nothing aliases. */
export const kernels: Record<Preprocess['interpolation'], keyof sharp.KernelEnum> = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
}

/** One view of a picture, as a model's input: RGB, HWC, height * width * 3 bytes. */
export async function render(picture: Picture, preprocess: Preprocess, view: View): Promise<Uint8Array> {
  const region = centralRegion(picture.width, picture.height, preprocess)
  const crop = croppedRegion(region, view)
  const { rotate = 0, brightness = 1 } = view
  const upright =
    rotate === 0 ? resized(picture, crop, preprocess) : await turned(picture, region, crop, preprocess, rotate)
  if (brightness !== 1) upright.linear(brightness, 0)
  if (view.mirror) upright.flop()
  return upright.raw().toBuffer()
}

function resized(picture: Picture, rectangle: Rectangle, size: Size): sharp.Sharp {
  const { width, height, interpolation } = size
  return picture
    .open()
    .extract(roundRectangle(rectangle, picture.width, picture.height))
    .resize(width, height, { fit: 'fill', kernel: kernels[interpolation] })
}

/**
 * The crop turned about its centre: the box around it is brought to the output's scale, turned, and its middle cut
 * out, so no corner is empty.
 */
async function turned(
  picture: Picture,
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
  const data = await resized(picture, fitInside(around, region), box).raw().toBuffer()
  const { data: tilted, info } = await inMemory({ data, ...box })
    .open()
    .rotate(degrees)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return inMemory({ data: tilted, width: info.width, height: info.height })
    .open()
    .extract({
      left: Math.round((info.width - width) / 2),
      top: Math.round((info.height - height) / 2),
      width,
      height,
    })
}

export function inMemory({ data, width, height }: Pixels): Picture {
  return {
    width,
    height,
    open: () => sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false }),
  }
}
