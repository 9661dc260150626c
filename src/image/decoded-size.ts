import { centralRegion } from './region.js'
import type { Preprocess } from './types.js'

/** Shrinking by two or three would make decoding hardly faster, or even slower. */
const minShrinkFactor = 4

/**
 * The size at which a picture is decoded, in pixels. A picture very much larger than needed is shrunk by a whole
 * factor. At least two pixels remain for every pixel of the model's input, so that the final resize decides how the
 * result looks.
 */
export function decodedSize(
  width: number,
  height: number,
  preprocess: Preprocess,
): { readonly width: number; readonly height: number } {
  const region = centralRegion(width, height, preprocess)
  const shrinkFactor = Math.floor(Math.min(region.width / preprocess.width, region.height / preprocess.height) / 2)
  if (shrinkFactor < minShrinkFactor) return { width, height }
  // The difference stays even, so that a crop to the middle square is not half a pixel off.
  const shorter = Math.round(Math.min(width, height) / shrinkFactor)
  const longer = shorter + 2 * Math.round((Math.max(width, height) / shrinkFactor - shorter) / 2)
  return width < height ? { width: shorter, height: longer } : { width: longer, height: shorter }
}
