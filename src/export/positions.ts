import type { NodeList } from './node-list.js'

/** How positions of output pixels along one axis follow each other; scalars, float64. */
export interface PositionRule {
  readonly count: string
  /** So many pixels libvips works on together; from the first of them on, it adds a step for each. */
  readonly strip: string
  readonly step: string
  /** The positions of strips' first pixels, given their indices. */
  first(indices: string): string
}

/**
 * Where output pixels lie in the input, float64 [count]: with the rounding errors of adding up steps, since these
 * decide to which 1/64 of a pixel a position in the middle between two goes.
 */
export function positions(list: NodeList, { count, strip, step, first }: PositionRule): string {
  const firsts = list.column(first(list.double('Range', 0, count, strip)))
  const isFirst = list.double('Less', list.double('Range', 0, strip, 1), 1)
  const sums = list.op('CumSum', [list.op('Where', [isFirst, firsts, step]), list.ints([], [1])])
  const inOrder = list.op('Reshape', [sums, list.ints([1], [-1])])
  return list.op('Gather', [inOrder, list.toInt(list.double('Range', 0, count, 1))])
}
