import { kernelValue, support, type Kernel } from './kernels.js'
import type { NodeList } from './node-list.js'

/** The axis of images [batch, 3, height, width] along which they are sampled. */
export type Axis = 2 | 3

export interface Sampling {
  /** Positions of the output pixels in the input, float64 [count]. */
  readonly positions: string
  /** Position of the centre of the first input pixel on that scale. */
  readonly origin: number
  readonly kernel: Kernel
  /** Factor by which the kernel is widened against aliasing: scalar, float64, at least 1. */
  readonly widening: string
}

/** A weight of 1 as an integer: VIPS_INTERPOLATE_SCALE of libvips 8.18, include/vips/interpolate.h. */
export const one = 4096

/** Positions are rounded to multiples of 1/64 pixel: VIPS_TRANSFORM_SCALE, include/vips/transform.h. */
const steps = 64

/**
 * Weighted sums of pixels along one axis as in libvips 8.18, resample/reducev.cpp and reduceh.cpp: in integers, with
 * weights times 4096, truncated. All sums stay below 2^24, so float32 is exact in any order of addition.
 *
 * @param pixels float32, integers 0..255
 * @param length of the axis: scalar, float64
 * @returns sums with weights times 4096, for `levels`
 */
export function weightedSums(list: NodeList, pixels: string, axis: Axis, length: string, sampling: Sampling): string {
  const reach = list.double('Ceil', list.double('Mul', sampling.widening, support[sampling.kernel]))
  const margin = list.double('Add', reach, 1)
  const { sources, weights } = taps(list, reach, sampling)
  const places = list.double('Add', sources, margin)

  const end = list.double('Add', length, margin)
  const rows = list.op('Shape', [sampling.positions])
  const columns = list.vector(list.toInt(list.double('Add', end, margin)))
  const empty = list.op('ConstantOfShape', [list.op('Concat', [rows, columns], { axis: 0 })])
  const matrix = list.op('ScatterElements', [empty, list.toInt(places), weights], { axis: 1 })

  // Border pixels are repeated outside the image.
  const extended = list.double('Range', list.double('Sub', 0, margin), end, 1)
  const padded = pick(
    list,
    pixels,
    axis,
    list.double('Max', list.double('Min', extended, list.double('Sub', length, 1)), 0),
  )
  if (axis === 2) return list.op('MatMul', [matrix, padded])
  return list.op('MatMul', [padded, list.op('Transpose', [matrix], { perm: [1, 0] })])
}

/**
 * Sources, float64 [count, n], and weights, float32 [count, n], of the input pixels that contribute to each output
 * pixel.
 */
function taps(
  list: NodeList,
  reach: string,
  { positions, origin, kernel, widening }: Sampling,
): { sources: string; weights: string } {
  const halfSteps = list.double('Floor', list.double('Mul', positions, 2 * steps))
  const nearest = list.double('Floor', list.double('Mul', list.double('Add', halfSteps, 1), 0.5))
  const middles = list.column(list.double('Sub', list.double('Div', nearest, steps), origin))
  const offsets = list.double('Range', list.double('Sub', 0, reach), list.double('Add', reach, 2), 1)
  const sources = list.double('Add', list.double('Floor', middles), offsets)
  const distances = list.double('Div', list.double('Abs', list.double('Sub', sources, middles)), widening)
  const values = kernelValue(list, distances, kernel)
  // Summed one by one, as another order would round differently.
  const sums = list.op('CumSum', [values, list.ints([], [1])])
  const shares = list.double('Div', values, list.op('Gather', [sums, list.ints([1], [-1])], { axis: 1 }))
  return { sources, weights: list.toFloat(list.toInt(list.double('Mul', shares, one))) }
}

/** The pixels at given indices of an axis; indices are float64 integers. */
export function pick(list: NodeList, pixels: string, axis: Axis, places: string): string {
  return list.op('Gather', [pixels, list.toInt(places)], { axis })
}

/** Pixel values from sums with weights times 4096, rounded but not yet clamped to 0..255. */
export function levels(list: NodeList, sums: string): string {
  return list.float('Floor', list.float('Mul', list.float('Add', sums, one / 2), 1 / one))
}

export function cut(list: NodeList, levels: string): string {
  return list.float('Min', list.float('Max', levels, 0), 255)
}
