import type { FeatureTable } from '../features/table.js'
import { allFinite } from '../math/finite.js'
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

/** @param damaged what to throw when a column is missing, has not `count` rows, or holds what no column of its kind does */
export function decodeColumns(tensors: Tensors, count: number | undefined, damaged: () => Error): Columns {
  const column = <Kind>(name: keyof Columns, isSound: (data: unknown) => data is Kind): Kind => {
    const { dims, data } = tensors[name] ?? { dims: [], data: undefined }
    if (dims.length !== 1 || dims[0] !== count || !isSound(data)) throw damaged()
    return data
  }
  return {
    oldScore: column('oldScore', isFinite),
    oldBest: column('oldBest', isFinite),
    oldClass: column('oldClass', isInteger(0)),
    oldTarget: column('oldTarget', isFinite),
    label: column('label', isInteger(-1)),
    image: column('image', isOrdered),
  }
}

function isFinite(data: unknown): data is Float32Array {
  return data instanceof Float32Array && allFinite(data)
}

function isInteger(least: number): (data: unknown) => data is Int32Array {
  return (data): data is Int32Array => data instanceof Int32Array && data.every((value) => value >= least)
}

/** Rows of one image lie side by side. */
function isOrdered(data: unknown): data is Int32Array {
  return data instanceof Int32Array && data.every((image, row) => image >= (data[row - 1] ?? 0))
}
