import { readRows } from '../features/feature-rows.js'
import type { FeatureTable } from '../features/table.js'
import { float16ToFloat32 } from '../math/float16.js'
import type { FeatureSketch } from './feature-map.js'

/** Adds the features of a row of a table. */
export function sketchRow(sketch: FeatureSketch, { features }: FeatureTable, row: number): void {
  sketch.add(Float32Array.from(readRows(features, row, row + 1), float16ToFloat32))
}
