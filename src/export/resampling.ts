import type { Preprocess } from '../image/types.js'
import { DataType } from '../onnx/tensor.js'
import type { NodeList } from './node-list.js'

/** A stretch along one axis of a picture: scalars, float, in whole pixels. */
export interface Stretch {
  readonly start: string
  readonly length: string
}

type Interpolation = Preprocess['interpolation']

/** How far a kernel reaches, in pixels of the coarser side. */
const support: Record<Interpolation, number> = { nearest: 1, bilinear: 1, bicubic: 2, lanczos: 3 }

/** 1 where one of two sides becomes larger, else 0. */
export function isEnlarged(list: NodeList, stretches: readonly (readonly [Stretch, number])[]): string {
  const each = stretches.map(([{ length }, size]) => list.toFloat(list.op('Less', [length, list.float(size)])))
  return list.op('Max', each)
}

/**
 * Adds what it takes to resample a stretch to `size` pixels, with a kernel that widens when it shrinks, so that nothing aliases.
 *
 * @param enlarged as `isEnlarged` gives it
 * @returns `places`: int64 [m], where the source pixels lie, the border's repeated outside of the stretch; `weights`: float
 * [size, m], what each of them counts in an output pixel
 */
export function resample(
  list: NodeList,
  { start, length }: Stretch,
  size: number,
  interpolation: Interpolation,
  enlarged: string,
): { places: string; weights: string } {
  const scale = list.op('Div', [length, list.float(size)])
  const widening = list.op('Max', [scale, list.float(1)])
  const reach = list.op('Ceil', [list.op('Mul', [widening, list.float(support[interpolation])])])
  const offsets = list.op('Range', [list.op('Neg', [reach]), list.op('Add', [length, reach]), list.float(1)])
  const inside = list.op('Clip', [offsets, list.float(0), list.op('Sub', [length, list.float(1)])])
  const places = list.op('Cast', [list.op('Add', [inside, start])], { to: DataType.INT64 })

  const middles = list.floats(
    [size, 1],
    Array.from({ length: size }, (_, i) => i + 0.5),
  )
  const centres = list.op('Sub', [list.op('Mul', [middles, scale]), list.float(0.5)])
  if (interpolation === 'nearest') {
    const distance = list.op('Abs', [list.op('Sub', [offsets, list.round(centres)])])
    return { places, weights: list.toFloat(list.op('Less', [distance, list.float(0.5)])) }
  }
  // libvips, which training reads pictures with, lies half a pixel off when it makes a picture larger.
  const shift = list.op('Mul', [list.op('Mul', [list.op('Min', [scale, list.float(1)]), list.float(0.5)]), enlarged])
  // It counts in steps of 1/64, too.
  const steps = list.float(64)
  const stepped = list.op('Div', [list.round(list.op('Mul', [list.op('Sub', [centres, shift]), steps])), steps])
  const distance = list.op('Div', [list.op('Abs', [list.op('Sub', [offsets, stepped])]), widening])
  const weights = kernel(list, distance, interpolation)
  return { places, weights: list.op('Div', [weights, list.sumOfRows(weights)]) }
}

/** A kernel's value at distances of 0 and more. */
function kernel(list: NodeList, distance: string, interpolation: Exclude<Interpolation, 'nearest'>): string {
  if (interpolation === 'bilinear') return list.op('Relu', [list.op('Sub', [list.float(1), distance])])
  const x = list.op('Min', [distance, list.float(support[interpolation])])
  if (interpolation === 'lanczos') {
    const sinc = (angle: string) => list.op('Div', [list.op('Sin', [angle]), angle])
    const angle = list.op('Mul', [list.op('Max', [x, list.float(1e-6)]), list.float(Math.PI)])
    return list.op('Mul', [sinc(angle), sinc(list.op('Div', [angle, list.float(3)]))])
  }
  // Catmull and Rom's: (1.5 x − 2.5) x² + 1 up to 1; beyond, less by (x − 1)² (2 x − 1).
  const slope = list.op('Sub', [list.op('Mul', [x, list.float(1.5)]), list.float(2.5)])
  const near = list.op('Add', [list.op('Mul', [slope, list.op('Mul', [x, x])]), list.float(1)])
  const beyond = list.op('Relu', [list.op('Sub', [x, list.float(1)])])
  const line = list.op('Sub', [list.op('Mul', [x, list.float(2)]), list.float(1)])
  return list.op('Sub', [near, list.op('Mul', [list.op('Mul', [beyond, beyond]), line])])
}
