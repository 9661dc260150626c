import { NpluskError } from '../core/errors.js'
import type { FeatureTable } from '../bottleneck/table.js'
import { decodeTensors, encodeTensors } from './safetensors.js'
import { decodeColumns, encodeColumns } from './table-columns.js'

/** A feature table as a safetensors file: `features` F16 [count, dim], the other columns [count]. */
export function encodeTable(table: FeatureTable, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { dim, count, features } = table
  return encodeTensors({ ...encodeColumns(table), features: { dims: [count, dim], data: features } }, metadata)
}

/** @throws NpluskError `BAD_BUNDLE` when the file is damaged or holds something else */
export function decodeTable(bytes: Uint8Array, file: string): FeatureTable {
  const damaged = () =>
    new NpluskError('BAD_BUNDLE', `${file} is not a feature table; restore it from a copy, or build the bundle again.`)
  const { tensors } = decodeTensors(bytes, file)
  const { features } = tensors
  if (features === undefined) throw damaged()
  const [count, dim] = features.dims
  return {
    dim: dim ?? 0,
    count: count ?? 0,
    features: features.data as Uint16Array,
    ...decodeColumns(tensors, count, damaged),
  }
}
