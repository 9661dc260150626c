import type { NodeList } from './node-list.js'

/** How the positions of output pixels along one axis are computed; scalars, float64. */
export interface PositionRule {
  readonly count: string
  /**
   * Pixels that libvips processes together: it computes the position of the first, and adds a step for each of the
   * others.
   */
  readonly strip: string
  readonly step: string
  /** The positions of the first pixels of strips, given their indices. */
  first(indices: string): string
}

/**
 * Positions of output pixels in the input, float64 [count], including the rounding errors of repeated addition: these
 * decide which way a position midway between two multiples of 1/64 pixel rounds.
 */
export function positions(list: NodeList, { count, strip, step, first }: PositionRule): string {
  const firsts = list.column(first(list.double('Range', 0, count, strip)))
  const isFirst = list.double('Less', list.double('Range', 0, strip, 1), 1)
  const sums = list.op('CumSum', [list.op('Where', [isFirst, firsts, step]), list.ints([], [1])])
  const inOrder = list.op('Reshape', [sums, list.ints([1], [-1])])
  return list.op('Gather', [inOrder, list.toInt(list.double('Range', 0, count, 1))])
}
