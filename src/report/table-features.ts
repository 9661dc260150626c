import { readRows } from '../features/feature-rows.js'
import { isFirstOfImage, type FeatureTable } from '../features/table.js'
import { float16ToFloat32 } from '../math/float16.js'
import type { FeatureSketch } from './feature-map.js'

/** The first row of each image of a table. */
export function firstRows(table: FeatureTable): number[] {
  return Array.from({ length: table.count }, (_, row) => row).filter((row) => isFirstOfImage(table, row))
}

/** Adds the features of a row of a table. */
export function sketchRow(sketch: FeatureSketch, { features }: FeatureTable, row: number): void {
  sketch.add(Float32Array.from(readRows(features, row, row + 1), float16ToFloat32))
}
