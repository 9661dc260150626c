import type { Preprocess } from '../image/types.js'
import { enlarge } from './enlarge.js'
import type { NodeList } from './node-list.js'
import { shrink } from './shrink.js'

/** One side of a picture. */
export interface Side {
  /** Scalar, float64. */
  readonly length: string
  readonly size: number
}

/**
 * Brings pictures to a size with the pixels that `sharp().resize()` gives, bit for bit: vips_resize of libvips 8.18,
 * resample/resize.c. What becomes smaller is done first, rows, then columns; what becomes larger after that. Both are
 * there for every picture, since its size is not known yet, and change nothing where there is nothing to do. Two things
 * are not repeated: from a quarter of the size down, libvips averages whole pixels before; and where one side becomes
 * larger while rows become fewer, it works on some rows twice, from other beginnings, so that a few that lie in the
 * middle between two steps differ.
 *
 * @param pixels float32 [batch, 3, height, width], whole numbers 0..255
 * @returns the same, of the size given
 */
export function resize(
  list: NodeList,
  pixels: string,
  [height, width]: readonly [Side, Side],
  interpolation: Preprocess['interpolation'],
): string {
  const scaled = [height, width].map(({ length, size }) => {
    const scale = list.double('Div', 1, list.double('Div', length, size))
    return {
      scale,
      factor: list.double('Max', scale, 1),
      shrinking: list.double('Max', list.double('Div', 1, scale), 1),
      between: list.double('Min', length, size),
      length,
      size,
    }
  })
  const [rows, columns] = scaled as [(typeof scaled)[0], (typeof scaled)[0]]
  const smaller = shrink(list, shrink(list, pixels, 2, rows, interpolation), 3, columns, interpolation)
  return enlarge(list, smaller, [rows, columns], interpolation)
}
