import type { Preprocess } from '../image/types.js'
import type { NodeList } from './node-list.js'
import { positions } from './positions.js'
import { cut, levels, one, pick, weightedSums, type Axis } from './weighted-sums.js'

/** One side of an image that grows or stays as it is. */
export interface Enlarging {
  /** Final size over original size, also where the side shrank: scalar, float64. */
  readonly scale: string
  /** Pixels after shrinking, before enlarging: scalar, float64. */
  readonly between: string
  /** Enlargement: scalar, float64, at least 1. */
  readonly factor: string
  /** Pixels after enlarging. */
  readonly size: number
}

/** Pixels that libvips adds in front of the first one: window_offset + 1 in resample/affine.c. */
const border = { nearest: 1, bilinear: 1, bicubic: 2 }

/**
 * Enlarges images as vips_affine of libvips 8.18 (resample/affine.c) does when vips_resize calls it. Lanczos is
 * replaced by bicubic, as there. Where one side grows, both are sampled half a pixel off, except with `nearest`.
 *
 * @param pixels float32 [batch, 3, height, width], integers 0..255
 */
export function enlarge(
  list: NodeList,
  pixels: string,
  [height, width]: readonly [Enlarging, Enlarging],
  interpolation: Preprocess['interpolation'],
): string {
  const method = interpolation === 'lanczos' ? 'bicubic' : interpolation
  const isEnlarged = list.toDouble(list.double('Less', 1, list.double('Max', height.factor, width.factor)))
  const shift = list.double('Mul', isEnlarged, method === 'nearest' ? 0 : 0.5)
  const determinant = list.double('Div', 1, list.double('Mul', height.factor, width.factor))
  const places = (strip: number, { size }: Enlarging, other: Enlarging) => {
    const step = list.double('Mul', determinant, other.factor)
    return positions(list, {
      count: list.number(size),
      strip: list.number(strip),
      step,
      first: (indices) =>
        list.double('Add', list.double('Sub', list.double('Mul', indices, step), shift), border[method]),
    })
  }
  const rows = places(1, height, width)
  const columns = places(width.size, width, height)

  if (method === 'nearest') return nearest(list, pixels, [height, width], [rows, columns])
  if (method === 'bilinear') return bilinear(list, pixels, [height, width], [rows, columns])
  const along = (axis: Axis, from: string, { between }: Enlarging, at: string) => {
    const sampling = { positions: at, origin: border.bicubic, kernel: 'bicubic', widening: list.number(1) } as const
    return levels(list, weightedSums(list, from, axis, between, sampling))
  }
  return cut(list, along(2, along(3, pixels, width, columns), height, rows))
}

function nearest(
  list: NodeList,
  pixels: string,
  sides: readonly [Enlarging, Enlarging],
  [rows, columns]: readonly [string, string],
): string {
  // Where both scales are integers, vips_zoom repeats pixels instead.
  const fractions = sides.map(({ scale }) => list.double('Sub', scale, list.double('Floor', scale)))
  const isFractional = list.double('Less', 0, list.double('Max', ...fractions))
  const places = (positions: string, { factor, size }: Enlarging) => {
    const repeated = list.double('Floor', list.double('Div', list.double('Range', 0, size, 1), factor))
    const before = list.double('Sub', list.double('Floor', positions), border.nearest)
    return list.op('Where', [isFractional, before, repeated])
  }
  return pick(list, pick(list, pixels, 2, places(rows, sides[0])), 3, places(columns, sides[1]))
}

/**
 * Interpolates between four pixels, with weights that are not a product of row and column weights: BILINEAR_INT in
 * resample/interpolate.c.
 */
function bilinear(
  list: NodeList,
  pixels: string,
  [height, width]: readonly [Enlarging, Enlarging],
  [rows, columns]: readonly [string, string],
): string {
  const sampled = (positions: string, { between }: Enlarging) => {
    const whole = list.double('Floor', positions)
    const fraction = list.double('Floor', list.double('Mul', list.double('Sub', positions, whole), one))
    const before = list.double('Sub', whole, border.bilinear)
    const last = list.double('Sub', between, 1)
    return {
      first: list.double('Min', list.double('Max', before, 0), last),
      second: list.double('Min', list.double('Add', before, 1), last),
      weight: list.toFloat(fraction),
    }
  }
  const down = sampled(rows, height)
  const right = sampled(columns, width)
  const upper = pick(list, pixels, 2, down.first)
  const lower = pick(list, pixels, 2, down.second)
  const lowerWeight = list.column(down.weight)
  const upperWeight = list.float('Sub', one, lowerWeight)
  const share = (weight: string) =>
    list.float('Floor', list.float('Mul', list.float('Mul', weight, right.weight), 1 / one))
  const upperRight = share(upperWeight)
  const lowerRight = share(lowerWeight)
  const parts: [string, string, string][] = [
    [upper, right.first, list.float('Sub', upperWeight, upperRight)],
    [upper, right.second, upperRight],
    [lower, right.first, list.float('Sub', lowerWeight, lowerRight)],
    [lower, right.second, lowerRight],
  ]
  const products = parts.map(([from, places, weight]) => list.float('Mul', pick(list, from, 3, places), weight))
  return levels(list, list.op('Sum', products))
}
