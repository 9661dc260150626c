import type { AddedColumn } from '../bundle/columns.js'
import type { Increment } from '../bundle/manifest.js'
import { normaliseLabel } from '../folders/label.js'

/** The names of an added class. */
export interface AddedNames {
  readonly label: string
  /** Folder name of its images; a class that grew has several entries, one per folder. */
  readonly folder: string
}

/**
 * Finds the entries that a name refers to: those with exactly this label, else those whose images came from a folder of
 * this name. Names are compared in NFC.
 */
export function entriesNamed<Entry extends AddedNames>(name: string, entries: readonly Entry[]): Entry[] {
  const wanted = normaliseLabel(name)
  const labelled = entries.filter(({ label }) => normaliseLabel(label) === wanted)
  return labelled.length > 0 ? labelled : entries.filter(({ folder }) => normaliseLabel(folder) === wanted)
}

/**
 * Finds the added classes that a name refers to, by the rules of `entriesNamed`.
 *
 * @param columns the columns of the increments
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
