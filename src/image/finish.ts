import type { View } from './types.js'

/** Weights of red, green and blue in a pixel's grey (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114] as const

/**
 * Applies brightness, contrast, saturation and mirroring, in this order, byte by byte: another pass of sharp would cost
 * more. Brightness is multiplied in float32 and truncated, as libvips does.
 *
 * @param upright RGB, HWC; not changed, but returned where nothing is to be done
 * @param width pixels in a row
 */
export function finish(upright: Uint8Array, width: number, view: View): Uint8Array {
  const { mirror, brightness = 1, contrast = 1, saturation = 1 } = view
  if (!mirror && brightness === 1 && contrast === 1 && saturation === 1) return upright
  const brightened = brightness === 1 ? unchangedLevels : brightenedLevels(brightness)
  const levels = contrast === 1 ? brightened : contrastedLevels(brightened, contrast, meanGrey(upright, brightened))
  const result = new Uint8Array(upright.length)
  const stride = 3 * width
  const step = mirror ? -3 : 3
  for (let row = 0; row < result.length; row += stride) {
    let from = mirror ? row + stride - 3 : row
    for (let to = row; to < row + stride; to += 3, from += step) {
      result[to] = levels[upright[from]!]!
      result[to + 1] = levels[upright[from + 1]!]!
      result[to + 2] = levels[upright[from + 2]!]!
    }
  }
  if (saturation !== 1) saturate(result, saturation)
  return result
}

const unchangedLevels = brightenedLevels(1)

function brightenedLevels(factor: number): Uint8Array {
  const rounded = Math.fround(factor)
  const levels = new Uint8Array(256)
  for (let level = 0; level < 256; level++) levels[level] = Math.min(255, Math.fround(rounded * level))
  return levels
}

function contrastedLevels(levels: Uint8Array, factor: number, middle: number): Uint8ClampedArray {
  return Uint8ClampedArray.from(levels, (level) => middle + factor * (level - middle))
}

/** Of a picture whose levels were changed so. */
function meanGrey(pixels: Uint8Array, levels: Uint8Array): number {
  const sums = [0, 0, 0]
  for (let i = 0; i < pixels.length; i++) sums[i % 3]! += levels[pixels[i]!]!
  return luma.reduce((grey, weight, channel) => grey + weight * sums[channel]!, 0) / (pixels.length / 3)
}

/** Changes the pixels in place. */
function saturate(pixels: Uint8Array, factor: number): void {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length)
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = luma[0] * pixels[i]! + luma[1] * pixels[i + 1]! + luma[2] * pixels[i + 2]!
    for (let channel = i; channel < i + 3; channel++) clamped[channel] = grey + factor * (pixels[channel]! - grey)
  }
}
