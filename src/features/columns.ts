import { concat } from '../math/concat.js'

const arrays = { float32: Float32Array, int32: Int32Array } as const

/** Names of columns of one number a row, and what kind of number that is. */
export type Schema = Readonly<Record<string, keyof typeof arrays>>

/** The columns of a schema, each [count]. */
export type Columns<Wanted extends Schema> = {
  readonly [Name in keyof Wanted]: Wanted[Name] extends 'float32' ? Float32Array : Int32Array
}

/** What a feature table holds beside its features, in the order in which it stands in files. */
export const tableColumns = {
  /** E_o: logsumexp of the base logits. */
  oldLogSumExp: 'float32',
  /** The largest base logit. */
  oldBest: 'float32',
  /** The base class it belongs to. */
  oldClass: 'int32',
  /** Logit of the base class that the row's class is merged with, or `noOldTarget`. */
  oldTarget: 'float32',
  /** Class: a place among the increment's classes, or a base class (-1 where it is not known). */
  label: 'int32',
  /** Which image the row shows. */
  image: 'int32',
} as const satisfies Schema

/** Columns that are made by name. */
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

/** The given rows of some columns, in the given order. */
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

/** The rows of several, one after the other. */
export function joinColumns<Wanted extends Schema>(schema: Wanted, parts: readonly Columns<Wanted>[]): Columns<Wanted> {
  return makeColumns(schema, (name, kind) =>
    concat<Float32Array | Int32Array>(
      kind,
      parts.map((part) => part[name]),
    ),
  )
}
