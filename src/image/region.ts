import type { Preprocess, View } from './types.js'

/** A rectangle in pixels, not yet rounded. */
export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The part of a width x height picture that the plain view shows. */
export function centralRegion(width: number, height: number, preprocess: Preprocess): Rectangle {
  let regionWidth = width
  let regionHeight = height
  if (preprocess.resize === 'shorter') {
    const aspect = preprocess.width / preprocess.height
    regionWidth = Math.min(width, height * aspect)
    regionHeight = Math.min(height, width / aspect)
  }
  regionWidth *= preprocess.cropFraction
  regionHeight *= preprocess.cropFraction
  return { left: (width - regionWidth) / 2, top: (height - regionHeight) / 2, width: regionWidth, height: regionHeight }
}

/** The crop of `view` within `region`, before any rotation. */
export function croppedRegion(region: Rectangle, view: View): Rectangle {
  const { crop } = view
  if (crop === undefined) return region
  return {
    left: region.left + crop.left * region.width,
    top: region.top + crop.top * region.height,
    width: crop.width * region.width,
    height: crop.height * region.height,
  }
}

/** Moves `inner` so that it lies within `outer` and, where that is not enough, scales it about its centre. */
export function fitInside(inner: Rectangle, outer: Rectangle): Rectangle {
  const scale = Math.min(1, outer.width / inner.width, outer.height / inner.height)
  const width = inner.width * scale
  const height = inner.height * scale
  const left = inner.left + (inner.width - width) / 2
  const top = inner.top + (inner.height - height) / 2
  return {
    left: clamp(left, outer.left, outer.left + outer.width - width),
    top: clamp(top, outer.top, outer.top + outer.height - height),
    width,
    height,
  }
}

/** Width and height of the upright bounding box of a width x height rectangle rotated by `degrees`. */
export function turnedBox(width: number, height: number, degrees: number): { width: number; height: number } {
  const radians = (Math.abs(degrees) * Math.PI) / 180
  return {
    width: width * Math.cos(radians) + height * Math.sin(radians),
    height: width * Math.sin(radians) + height * Math.cos(radians),
  }
}

/** Rounds a rectangle to whole pixels, at least one in each direction, inside a width x height picture. */
export function roundRectangle(rectangle: Rectangle, width: number, height: number): Rectangle {
  const roundedWidth = clamp(Math.round(rectangle.width), 1, width)
  const roundedHeight = clamp(Math.round(rectangle.height), 1, height)
  // Rounding the centre, not the left edge, keeps a central crop central.
  const left = Math.round(rectangle.left + (rectangle.width - roundedWidth) / 2)
  const top = Math.round(rectangle.top + (rectangle.height - roundedHeight) / 2)
  return {
    left: clamp(left, 0, width - roundedWidth),
    top: clamp(top, 0, height - roundedHeight),
    width: roundedWidth,
    height: roundedHeight,
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
