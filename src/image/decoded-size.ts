import { centralRegion } from './region.js'
import type { Preprocess } from './types.js'

/** By two or three, decoding would hardly be faster, or slower. */
const leastShrinking = 4

/**
 * How large a picture leaves its decoder. One that is very much larger than needed is made smaller by a whole number;
 * at least two pixels are left for every pixel of the model's input, so that the final resize decides how the result
 * looks.
 */
export function decodedSize(
  width: number,
  height: number,
  preprocess: Preprocess,
): { readonly width: number; readonly height: number } {
  const region = centralRegion(width, height, preprocess)
  const shrinking = Math.floor(Math.min(region.width / preprocess.width, region.height / preprocess.height) / 2)
  if (shrinking < leastShrinking) return { width, height }
  // The difference stays even, so that a crop to the middle square is not half a pixel off.
  const shorter = Math.round(Math.min(width, height) / shrinking)
  const longer = shorter + 2 * Math.round((Math.max(width, height) / shrinking - shorter) / 2)
  return width < height ? { width: shorter, height: longer } : { width: longer, height: shorter }
}
