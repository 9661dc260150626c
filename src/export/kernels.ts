import type { Preprocess } from '../image/types.js'
import type { NodeList } from './node-list.js'

/** Interpolations with weights: all but `nearest`. */
export type Kernel = Exclude<Preprocess['interpolation'], 'nearest'>

/** Radius of a kernel, in pixels of the coarser side. */
export const support: Record<Kernel, number> = { bilinear: 1, bicubic: 2, lanczos: 3 }

/**
 * A kernel's value at non-negative distances, float64: the same operations as in libvips 8.18, resample/templates.h
 * (`filter`), so that it rounds the same way.
 */
export function kernelValue(list: NodeList, distance: string, kernel: Kernel): string {
  const x = list.double('Min', distance, support[kernel])
  if (kernel === 'bilinear') return list.double('Sub', 1, x)
  if (kernel === 'lanczos') return list.double('Mul', sinc(list, x), sinc(list, list.double('Div', x, 3)))
  // Catmull-Rom: (9 x³ − 15 x² + 6) / 6 up to 1, (−3 x³ + 15 x² − 24 x + 12) / 6 from 1 to 2.
  const square = list.double('Mul', x, x)
  const cube = list.double('Mul', square, x)
  const near = list.double('Add', list.double('Sub', list.double('Mul', cube, 9), list.double('Mul', square, 15)), 6)
  const curved = list.double('Sub', list.double('Mul', square, 15), list.double('Mul', cube, 3))
  const far = list.double('Add', list.double('Sub', curved, list.double('Mul', x, 24)), 12)
  return list.double('Div', list.op('Where', [list.double('Less', x, 1), near, far]), 6)
}

/** sin πx / πx; x is kept above 0 by 1e-30, where the result is exactly 1. */
function sinc(list: NodeList, x: string): string {
  const angle = list.double('Mul', list.double('Max', x, 1e-30), Math.PI)
  return list.double('Div', list.double('Sin', angle), angle)
}
