import { concat } from '../math/concat.js'

const arrays = { float32: Float32Array, int32: Int32Array } as const

/** Names and number types of columns with one number per row. */
export type Schema = Readonly<Record<string, keyof typeof arrays>>

/** The columns of a schema, each [count]. */
export type Columns<Wanted extends Schema> = {
  readonly [Name in keyof Wanted]: Wanted[Name] extends 'float32' ? Float32Array : Int32Array
}

/** The columns of a feature table besides its features, in the order in which files hold them. */
export const tableColumns = {
  /** E_o: logsumexp of the base logits. */
  oldLogSumExp: 'float32',
  /** The largest base logit. */
  oldBest: 'float32',
  /** The base class of that logit. */
  oldClass: 'int32',
  /** The median of the base logits; `NaN` where it is not known (`standout.ts`). */
  oldMedian: 'float32',
  /** Their deviation, from quantiles; `NaN` where it is not known. */
  oldDeviation: 'float32',
  /** Logit of the base class that the row's class is merged into, or `noOldTarget`. */
  oldTarget: 'float32',
  /** Class: an index into the increment's classes, or a base class (-1 if unknown). */
  label: 'int32',
  /** Index of the image that the row shows. */
  image: 'int32',
  /** Which of the given files the row was read from; -1 if unknown. Not kept in files. */
  file: 'int32',
} as const satisfies Schema

/** Makes the columns of a schema by name. */
export function makeColumns<Wanted extends Schema>(
  schema: Wanted,
  make: (name: keyof Wanted & string, kind: (typeof arrays)[keyof typeof arrays]) => Float32Array | Int32Array,
): Columns<Wanted> {
  const made = Object.entries(schema).map(([name, kind]) => [name, make(name, arrays[kind])])
  return Object.fromEntries(made) as Columns<Wanted>
}

/** Columns of zeros. */
export function emptyColumns<Wanted extends Schema>(schema: Wanted, count: number): Columns<Wanted> {
  return makeColumns(schema, (_, kind) => new kind(count))
}

/** Selects rows of columns, in the given order. */
export function pickColumns<Wanted extends Schema>(
  schema: Wanted,
  columns: Columns<Wanted>,
  rows: readonly number[],
): Columns<Wanted> {
  return makeColumns(schema, (name, kind) => {
    const picked = new kind(rows.length)
    rows.forEach((row, i) => (picked[i] = columns[name][row]!))
    return picked
  })
}

/** Concatenates the rows of several tables. */
export function joinColumns<Wanted extends Schema>(schema: Wanted, parts: readonly Columns<Wanted>[]): Columns<Wanted> {
  return makeColumns(schema, (name, kind) =>
    concat<Float32Array | Int32Array>(
      kind,
      parts.map((part) => part[name]),
    ),
  )
}
