import type { Preprocess } from '../image/types.js'
import type { NodeList } from './node-list.js'
import { positions } from './positions.js'
import { cut, levels, pick, weightedSums, type Axis } from './weighted-sums.js'

/** Rows that libvips processes together: vips__fatstrip_height of libvips 8.18, iofuncs/vips.c. */
const stripHeight = 16

/** One side of an image that shrinks or stays as it is: scalars, float64. */
export interface Shrinking {
  readonly length: string
  /** Pixels after shrinking. */
  readonly between: string
  /** Factor of the reduction, at least 1. */
  readonly shrinking: string
}

/**
 * Shrinks images along one axis: vips_reducev and vips_reduceh of libvips 8.18, resample/reducev.cpp and reduceh.cpp.
 *
 * @param pixels float32 [batch, 3, height, width], integers 0..255
 */
export function shrink(
  list: NodeList,
  pixels: string,
  axis: Axis,
  { length, between, shrinking }: Shrinking,
  interpolation: Preprocess['interpolation'],
): string {
  const extra = list.double('Sub', list.double('Mul', between, shrinking), length)
  const offset = list.double('Sub', list.double('Div', list.double('Add', extra, 1), 2), 1)
  const places = positions(list, {
    count: between,
    strip: axis === 2 ? list.number(stripHeight) : between,
    step: shrinking,
    first: (indices) => {
      const middle = list.double('Mul', list.double('Add', indices, 0.5), shrinking)
      return list.double('Sub', list.double('Sub', middle, 0.5), offset)
    },
  })
  if (interpolation === 'nearest') return pick(list, pixels, axis, places)
  const sampling = { positions: places, origin: 0.5, kernel: interpolation, widening: shrinking }
  return cut(list, levels(list, weightedSums(list, pixels, axis, length, sampling)))
}
