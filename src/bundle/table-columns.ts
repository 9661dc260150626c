import { makeColumns, tableColumns, type Columns } from '../features/columns.js'
import type { FeatureTable } from '../features/table.js'
import { allFinite } from '../math/finite.js'
import type { Tensors } from './safetensors.js'

type Name = Exclude<keyof typeof tableColumns, 'file'>

/** The columns that files hold: where an image was read from says nothing on another machine. */
const { file: _, ...keptColumns } = tableColumns

/** Names of columns in files, where they differ. */
const namesInFiles: Partial<Record<Name, string>> = { oldLogSumExp: 'oldScore' }

/** Checks of the columns' values. */
const isValid: Readonly<Record<Name, (values: Float32Array | Int32Array) => boolean>> = {
  oldLogSumExp: isFinite,
  oldBest: isFinite,
  oldClass: (values) => values.every((value) => value >= 0),
  oldMedian: isFinite,
  oldDeviation: (values) => isFinite(values) && values.every((value) => value >= 0),
  oldTarget: isFinite,
  label: (values) => values.every((value) => value >= -1),
  image: (values) => values.every(isOrdered),
}

/** Columns that files of earlier versions and tables of few old classes do not have; `NaN` stands for their values. */
const optionalColumns: readonly Name[] = ['oldMedian', 'oldDeviation']

/** Encodes the columns as tensors [count], in the order of the file. */
export function encodeColumns(table: FeatureTable): Tensors {
  const isUnknown = (name: Name) => optionalColumns.includes(name) && !isFinite(table[name])
  const names = (Object.keys(keptColumns) as Name[]).filter((name) => !isUnknown(name))
  return Object.fromEntries(names.map((name) => [nameInFiles(name), { dims: [table.count], data: table[name] }]))
}

/**
 * Decodes the columns of a table.
 *
 * @param damaged makes the error for a column that is missing, does not have `count` rows, or contains invalid values
 */
export function decodeColumns(
  tensors: Tensors,
  count: number | undefined,
  damaged: () => Error,
): Columns<typeof tableColumns> {
  const columns = makeColumns(keptColumns, (name, kind) => {
    const tensor = tensors[nameInFiles(name)]
    if (tensor === undefined && optionalColumns.includes(name)) return new Float32Array(count ?? 0).fill(NaN)
    const { dims, data } = tensor ?? { dims: [], data: undefined }
    if (dims.length !== 1 || dims[0] !== count || !(data instanceof kind) || !isValid[name](data)) throw damaged()
    return data
  })
  return { ...columns, file: new Int32Array(count ?? 0).fill(-1) }
}

function nameInFiles(name: Name): string {
  return namesInFiles[name] ?? name
}

function isFinite(values: Float32Array | Int32Array): boolean {
  return values instanceof Float32Array && allFinite(values)
}

/** Rows of one image are adjacent. */
function isOrdered(image: number, row: number, all: ArrayLike<number>): boolean {
  return image >= (all[row - 1] ?? 0)
}
