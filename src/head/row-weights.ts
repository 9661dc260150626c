import type { TrainingSet } from './types.js'

/**
 * How much each row counts: every new class 1/k in all, whatever its number of images, and all old images λ = 1 together
 * (method.md, "joint offset").
 *
 * @param included rows that take part; all where left out
 */
export function rowWeights(
  { target, classes }: Pick<TrainingSet, 'target' | 'classes'>,
  included: (row: number) => boolean = () => true,
): Float32Array {
  const rowsOfClass = new Float64Array(classes + 1)
  target.forEach((label, row) => {
    if (included(row)) rowsOfClass[label + 1]!++
  })
  return Float32Array.from(target, (label, row) => {
    if (!included(row)) return 0
    return label < 0 ? 1 / rowsOfClass[0]! : 1 / (classes * rowsOfClass[label + 1]!)
  })
}
