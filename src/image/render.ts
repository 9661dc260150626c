import sharp = require('sharp')
import { finish } from './finish.js'
import { centralRegion, croppedRegion, fitInside, roundRectangle, turnedBox, type Rectangle } from './region.js'
import type { Preprocess, View } from './types.js'

/** An upright sRGB picture in memory: HWC, three bytes per pixel. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

type Size = Pick<Preprocess, 'width' | 'height' | 'interpolation'>

/** Names of the kernels in sharp; all but `nearest` widen when a picture is made smaller, which prevents aliasing. */
export const kernels: Record<Preprocess['interpolation'], keyof sharp.KernelEnum> = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
}

/** Views of a decoded picture, as a model's input: RGB, HWC, height * width * 3 bytes each. */
export async function render(pixels: Pixels, preprocess: Preprocess, views: readonly View[]): Promise<Uint8Array[]> {
  const region = centralRegion(pixels.width, pixels.height, preprocess)
  // The plain view is resized once: its mirror image has the same pixels.
  let plain: Uint8Array | undefined
  const rendered: Uint8Array[] = []
  for (const view of views) {
    const { crop, rotate = 0 } = view
    const cropped = croppedRegion(region, view)
    let upright: Uint8Array
    if (rotate !== 0) upright = await rotated(pixels, region, cropped, preprocess, rotate)
    else if (crop !== undefined) upright = await resized(pixels, cropped, preprocess)
    else upright = plain ??= await resized(pixels, region, preprocess)
    rendered.push(finish(upright, preprocess.width, view))
  }
  return rendered
}

function resized(pixels: Pixels, rectangle: Rectangle, size: Size): Promise<Uint8Array> {
  const { width, height, interpolation } = size
  return fromPixels(pixels)
    .extract(roundRectangle(rectangle, pixels.width, pixels.height))
    .resize(width, height, { fit: 'fill', kernel: kernels[interpolation] })
    .raw()
    .toBuffer()
}

/**
 * The crop rotated about its centre: its bounding box is resized to the scale of the output and rotated, then the
 * middle is cut out, so that no corner is empty.
 */
async function rotated(
  pixels: Pixels,
  region: Rectangle,
  crop: Rectangle,
  preprocess: Preprocess,
  degrees: number,
): Promise<Uint8Array> {
  const { width, height, interpolation } = preprocess
  const exact = turnedBox(width, height, degrees)
  // A margin of two pixels, because bilinear sampling at the border would mix in the empty outside.
  const box = { width: Math.ceil(exact.width) + 4, height: Math.ceil(exact.height) + 4, interpolation }
  const boxWidth = (crop.width * box.width) / width
  const boxHeight = (crop.height * box.height) / height
  const around = {
    left: crop.left + (crop.width - boxWidth) / 2,
    top: crop.top + (crop.height - boxHeight) / 2,
    width: boxWidth,
    height: boxHeight,
  }
  const data = await resized(pixels, fitInside(around, region), box)
  const { data: tilted, info } = await fromPixels({ data, ...box })
    .rotate(degrees)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return middle({ data: tilted, width: info.width, height: info.height }, width, height)
}

function middle(pixels: Pixels, width: number, height: number): Uint8Array {
  const left = Math.round((pixels.width - width) / 2)
  const top = Math.round((pixels.height - height) / 2)
  const cut = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * pixels.width + left) * 3
    cut.set(pixels.data.subarray(start, start + width * 3), row * width * 3)
  }
  return cut
}

function fromPixels({ data, width, height }: Pixels): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
}
