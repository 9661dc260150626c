import { readRows } from '../../../src/features/feature-rows.js'
import type { FeatureTable } from '../../../src/features/table.js'
import { float16ToFloat32 } from '../../../src/math/float16.js'

/** One feature vector of a table as numbers. */
export function featureRow({ features }: FeatureTable, row: number): Float64Array {
  return Float64Array.from(readRows(features, row, row + 1), float16ToFloat32)
}

/** Divides by the Euclidean norm, in place; a vector of zeros stays. */
export function normalise(vector: Float64Array): Float64Array {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  if (norm > 0) for (let d = 0; d < vector.length; d++) vector[d]! /= norm
  return vector
}

/** Mean over the rows of each label 0..classes-1 of a transformed feature vector; a label without rows has none. */
export function classMeans(
  table: FeatureTable,
  classes: number,
  transform: (features: Float64Array) => Float64Array,
): (Float64Array | undefined)[] {
  const sums: (Float64Array | undefined)[] = Array.from({ length: classes }, () => undefined)
  const counts = new Float64Array(classes)
  for (let row = 0; row < table.count; row++) {
    const label = table.label[row]!
    if (label < 0) continue
    const sum = (sums[label] ??= new Float64Array(table.dim))
    transform(featureRow(table, row)).forEach((value, d) => (sum[d]! += value))
    counts[label]!++
  }
  return sums.map((sum, label) => sum?.map((value) => value / counts[label]!))
}
