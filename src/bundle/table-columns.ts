import type { FeatureTable } from '../bottleneck/table.js'
import type { Tensors } from './safetensors.js'

/** What a feature table holds beside its features, one number a row. */
type Columns = Omit<FeatureTable, 'dim' | 'count' | 'features'>

/** The columns as tensors [count], in the order in which they stand in files. */
export function encodeColumns({ count, oldScore, oldBest, oldClass, oldTarget, label, image }: FeatureTable): Tensors {
  const column = (data: Float32Array | Int32Array) => ({ dims: [count], data })
  return {
    oldScore: column(oldScore),
    oldBest: column(oldBest),
    oldClass: column(oldClass),
    oldTarget: column(oldTarget),
    label: column(label),
    image: column(image),
  }
}

/** @param damaged what to throw when a column is missing or has not `count` rows */
export function decodeColumns(tensors: Tensors, count: number | undefined, damaged: () => Error): Columns {
  const column = <T>(name: keyof Columns): T => {
    const tensor = tensors[name]
    if (tensor === undefined || tensor.dims[0] !== count) throw damaged()
    return tensor.data as T
  }
  return {
    oldScore: column('oldScore'),
    oldBest: column('oldBest'),
    oldClass: column('oldClass'),
    oldTarget: column('oldTarget'),
    label: column('label'),
    image: column('image'),
  }
}
