import sharp from 'sharp'
import { loadImage } from '../../src/image/decode.js'
import type { Preprocess } from '../../src/image/types.js'
import type { Random } from '../../src/math/random.js'

export const interpolations = ['nearest', 'bilinear', 'bicubic', 'lanczos'] as const

export const usual: Preprocess = { width: 64, height: 64, resize: 'shorter', cropFraction: 1, interpolation: 'bicubic' }

/** Ways of fitting images to a model's size, and how many image sizes to try with each. */
export const cases: readonly (readonly [string, number, Partial<Preprocess>])[] = [
  ['the middle', 8, {}],
  ['squashed', 8, { resize: 'squash' }],
  ['a part of the middle', 8, { cropFraction: 0.875 }],
  ['an odd size', 8, { width: 75, height: 99, cropFraction: 0.9 }],
  // Here positions lie midway between two steps.
  ['a multiple of 64', 6, { width: 192, height: 128 }],
]

/**
 * Image sizes whose sides are an eighth to four times those of the model, equal to them, or integer multiples or
 * fractions of them.
 */
export function sizes(random: Random, { width, height }: Preprocess, count: number): [number, number][] {
  const between = (low: number, high: number) => low + random.integer(high - low + 1)
  const side = (length: number) => {
    const factor = between(1, 3)
    const free = Math.ceil(length * 2 ** (5 * random.next() - 3)) - 1
    return [length, length * factor, Math.ceil(length / factor), free][random.integer(4)]!
  }
  return Array.from({ length: count }, () => [side(width), side(height)])
}

/** Noise pixels, HWC, without structure that could hide a difference. */
export function noisyPicture(random: Random, width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, () => random.integer(256))
}

/** The pixels of an image as training sees them. */
export async function seenInTraining(
  rgb: Uint8Array,
  width: number,
  height: number,
  preprocess: Preprocess,
): Promise<Uint8Array> {
  const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  return loadImage(png, preprocess)
}

/** Number of values that differ. */
export function different(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  return Array.from(a).filter((value, i) => value !== b[i]).length
}
