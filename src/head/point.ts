import type { ColumnGroup } from './training-set.js'

/**
 * The parameters of linear heads on standardised features: V of every group of columns (columns × dim, row-major), one
 * after the other, then c (k).
 */
export type Point = Float64Array

/** Where the weights of each group stand in a point. */
export function weightPlaces(groups: readonly ColumnGroup[]): { readonly start: number; readonly end: number }[] {
  let end = 0
  return groups.map(({ columns, features }) => {
    const start = end
    end += columns * features.dim
    return { start, end }
  })
}

/** A point without weights, and with one bias for all columns. */
export function pointOfBias(groups: readonly ColumnGroup[], bias: number): Point {
  const size = weightPlaces(groups).at(-1)?.end ?? 0
  const columns = groups.reduce((sum, group) => sum + group.columns, 0)
  return new Float64Array(size + columns).fill(bias, size)
}
