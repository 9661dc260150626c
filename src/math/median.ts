/** The median; of an even number of values the upper of the two in the middle. `NaN` for none. */
export function medianOf(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[sorted.length >> 1] ?? NaN
}
