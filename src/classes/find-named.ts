import { columnsOf, type AddedColumn } from '../bundle/columns.js'
import type { Increment } from '../bundle/manifest.js'
import { nearestNames } from '../catalog/known-nearest.js'
import { NpluskError } from '../core/errors.js'
import { quotedNames } from '../core/quoted-names.js'
import { normaliseLabel } from '../folders/label.js'
import { addedClassesNamed } from './added-classes.js'

/** An increment, or an added class. */
export type Named =
  | { readonly increment: Increment; readonly column?: never }
  | { readonly column: AddedColumn; readonly increment?: never }

/**
 * Finds what a name refers to: an increment, or an added class by its label, else by its folder's name.
 *
 * @param kind restricts the search if given
 * @throws NpluskError `CONFLICT` when the name is ambiguous, `NOT_FOUND` when it matches nothing
 */
export function findNamed(
  increments: readonly Increment[],
  name: string,
  kind: 'class' | 'increment' | undefined,
): Named {
  const columns = columnsOf(increments)
  const wanted = normaliseLabel(name)
  const increment = kind === 'class' ? undefined : increments.find((one) => one.name === wanted)
  const classes = kind === 'increment' ? [] : addedClassesNamed(wanted, increments, columns)
  if (increment !== undefined && classes.length > 0) throw incrementOrClass(wanted, increment, classes)
  if (classes.length > 1) throw ambiguousClass(wanted, classes)
  if (increment !== undefined) return { increment }
  const [column] = classes
  if (column !== undefined) return { column }
  throw notFound(name, increments, columns, kind)
}

function incrementOrClass(name: string, increment: Increment, classes: readonly AddedColumn[]): NpluskError {
  const labels = increment.classes.map(({ label }) => label)
  const message = `"${name}" is an increment (${quotedNames(labels)}) and a class (${quotedNames(classes.map(({ label }) => label))}).`
  return new NpluskError('CONFLICT', message, { data: { name, increment: labels }, remedy: { kind: 'say-which' } })
}

function ambiguousClass(name: string, classes: readonly AddedColumn[]): NpluskError {
  const labels = classes.map(({ label }) => label)
  return new NpluskError(
    'CONFLICT',
    `"${name}" may mean any of the classes ${quotedNames(labels)}; name one by its label.`,
    {
      data: { name, labels },
    },
  )
}

function notFound(
  name: string,
  increments: readonly Increment[],
  columns: readonly AddedColumn[],
  kind: 'class' | 'increment' | undefined,
): NpluskError {
  const what = { class: 'added class', increment: 'increment', either: 'increment and no added class' }[
    kind ?? 'either'
  ]
  const names = [
    ...(kind === 'class' ? [] : increments.map((increment) => increment.name)),
    ...(kind === 'increment' ? [] : columns.map(({ label }) => label)),
  ]
  const known =
    names.length === 0 ? 'nothing was added to it' : `it has ${quotedNames(nearestNames(name, names).slice(0, 5))}`
  return new NpluskError('NOT_FOUND', `The bundle has no ${what} "${name}"; ${known}.`)
}
