import type { Preprocess } from '../image/types.js'
import { enlarge } from './enlarge.js'
import type { NodeList } from './node-list.js'
import { shrink } from './shrink.js'

/** One side of an image: its length, and the size to give it. */
export interface Side {
  /** Scalar, float64. */
  readonly length: string
  readonly size: number
}

/**
 * Resizes images to the pixels that `sharp().resize()` gives, bit for bit: vips_resize of libvips 8.18,
 * resample/resize.c. Sides that shrink come first, rows before columns, then those that grow. As the size of the image
 * is known only at run time, the graph holds all of these steps, and those that do not apply change nothing. Two
 * behaviours are not reproduced: at a quarter of the size and below, libvips first averages blocks of pixels; and where
 * one side grows while rows shrink, it computes some rows twice from different starting points, so that a few pixels
 * midway between two steps differ.
 *
 * @param pixels float32 [batch, 3, height, width], integers 0..255
 * @returns the same for the given size
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
