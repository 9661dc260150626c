import type { AddedColumn } from '../bundle/columns.js'
import type { Increment } from '../bundle/manifest.js'
import { normaliseLabel } from '../folders/label.js'

/** What an added class goes by. */
export interface AddedNames {
  readonly label: string
  /** Of its pictures; a class that grew has several, each in an entry of its own. */
  readonly folder: string
}

/**
 * The entries that a name means: those with that very label, else those whose pictures came in a folder of that name.
 * Names are compared in NFC.
 */
export function entriesNamed<Entry extends AddedNames>(name: string, entries: readonly Entry[]): Entry[] {
  const wanted = normaliseLabel(name)
  const labelled = entries.filter(({ label }) => normaliseLabel(label) === wanted)
  return labelled.length > 0 ? labelled : entries.filter(({ folder }) => normaliseLabel(folder) === wanted)
}

/**
 * The added classes that a name means, as `entriesNamed` says.
 *
 * @param columns those of the increments
 */
export function addedClassesNamed(
  name: string,
  increments: readonly Pick<Increment, 'classes'>[],
  columns: readonly AddedColumn[],
): AddedColumn[] {
  const entries = columns.flatMap((column) =>
    column.sources.map(({ increment, place }) => ({
      column,
      label: column.label,
      folder: increments[increment]!.classes[place]!.folder,
    })),
  )
  return [...new Set(entriesNamed(name, entries).map(({ column }) => column))]
}
