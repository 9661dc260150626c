import { columnsOf, type AddedColumn } from '../bundle/columns.js'
import type { Increment } from '../bundle/manifest.js'
import { normaliseLabel } from '../folders/label.js'
import { addedClassesNamed } from './added-classes.js'
import { findNamed } from './find-named.js'

/** What to remove. */
export interface RemovalTarget {
  /** Indices of classes to remove, by name of the increment. */
  readonly placesOf: ReadonlyMap<string, ReadonlySet<number>>
  /** Labels of the classes that are removed. */
  readonly removed: readonly string[]
  /** Labels of the classes that keep images of other increments. */
  readonly shrunk: readonly string[]
  /** Labels of other classes that the name also matches. */
  readonly alsoNamed: readonly string[]
}

/**
 * Finds what a name refers to: an increment, or an added class by its label, else by its folder's name.
 *
 * @param kind restricts the search if given
 * @throws NpluskError `CONFLICT` when the name is ambiguous, `NOT_FOUND` when it matches nothing
 */
export function removalTarget(
  increments: readonly Increment[],
  name: string,
  kind: 'class' | 'increment' | undefined,
): RemovalTarget {
  const columns = columnsOf(increments)
  const { increment, column } = findNamed(increments, name, kind)
  if (increment !== undefined) return wholeIncrement(increments, increment, columns)
  return wholeClass(increments, column, columns, normaliseLabel(name))
}

function wholeIncrement(
  increments: readonly Increment[],
  increment: Increment,
  columns: readonly AddedColumn[],
): RemovalTarget {
  const ordinal = increments.indexOf(increment)
  const own = columns.filter(({ sources }) => sources.some((source) => source.increment === ordinal))
  const labels = (some: readonly AddedColumn[]) => some.map(({ label }) => label)
  return {
    placesOf: new Map([[increment.name, new Set(increment.classes.keys())]]),
    removed: labels(own.filter(({ sources }) => sources.length === 1)),
    shrunk: labels(own.filter(({ sources }) => sources.length > 1)),
    alsoNamed: [],
  }
}

function wholeClass(
  increments: readonly Increment[],
  { label, sources }: AddedColumn,
  columns: readonly AddedColumn[],
  name: string,
): RemovalTarget {
  const others = columns.filter((column) => column.label !== label)
  return {
    placesOf: new Map(sources.map(({ increment, place }) => [increments[increment]!.name, new Set([place])])),
    removed: [label],
    shrunk: [],
    alsoNamed: addedClassesNamed(name, increments, others).map((column) => column.label),
  }
}
