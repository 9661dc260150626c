import { memoryRows, readRows } from '../../../src/features/feature-rows.js'
import type { FeatureTable } from '../../../src/features/table.js'
import { LinearHead } from '../../../src/head/linear/linear-head.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'

/** A table with the last `size` features alone: the bottleneck, which is what the base model's own head reads. */
export function narrow(table: FeatureTable, size: number): FeatureTable {
  const { count, dim } = table
  const features = new Uint16Array(count * size)
  for (let row = 0; row < count; row++) {
    features.set(readRows(table.features, row, row + 1).subarray(dim - size), row * size)
  }
  return { ...table, dim: size, features: memoryRows(features, size) }
}

/** A head on the bottleneck as one on all `dim` features: no weight on any but the last. */
export function widen(head: LinearWeights, dim: number): LinearHead {
  const weight = new Float32Array(dim * head.columns)
  weight.set(head.weight, (dim - head.dim) * head.columns)
  return new LinearHead({ ...head, dim, weight })
}
