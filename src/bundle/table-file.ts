import { NpluskError } from '../core/errors.js'
import type { FeatureTable } from '../bottleneck/table.js'
import { decodeTensors, encodeTensors } from './safetensors.js'

/** A feature table as a safetensors file: `features` F16 [count, dim], the other columns [count]. */
export function encodeTable(table: FeatureTable, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { dim, count, features, ...columns } = table
  const column = (data: Float32Array | Int32Array) => ({ dims: [count], data })
  return encodeTensors(
    {
      oldScore: column(columns.oldScore),
      oldBest: column(columns.oldBest),
      oldClass: column(columns.oldClass),
      oldTarget: column(columns.oldTarget),
      label: column(columns.label),
      image: column(columns.image),
      features: { dims: [count, dim], data: features },
    },
    metadata,
  )
}

/** @throws NpluskError `BAD_BUNDLE` when the file is damaged or holds something else */
export function decodeTable(bytes: Uint8Array, file: string): FeatureTable {
  const { tensors } = decodeTensors(bytes, file)
  const { features } = tensors
  const [count, dim] = features?.dims ?? []
  const column = <T>(name: string): T => {
    const tensor = tensors[name]
    if (tensor === undefined || tensor.dims[0] !== count) {
      throw new NpluskError(
        'BAD_BUNDLE',
        `${file} is not a feature table; restore it from a copy, or build the bundle again.`,
      )
    }
    return tensor.data as T
  }
  return {
    dim: dim ?? 0,
    features: column('features'),
    count: count ?? 0,
    oldScore: column('oldScore'),
    oldBest: column('oldBest'),
    oldClass: column('oldClass'),
    oldTarget: column('oldTarget'),
    label: column('label'),
    image: column('image'),
  }
}
