import type { AddedColumn } from '../bundle/columns.js'
import type { Increment } from '../bundle/manifest.js'
import { normaliseLabel } from '../image/label.js'

/**
 * The added classes that a name means: the one with that very label, else all whose pictures came in a folder of that name.
 *
 * @param columns those of the increments
 */
export function addedClassesNamed(
  name: string,
  increments: readonly Pick<Increment, 'classes'>[],
  columns: readonly AddedColumn[],
): AddedColumn[] {
  const wanted = normaliseLabel(name)
  const labelled = columns.filter(({ label }) => label === wanted)
  if (labelled.length > 0) return labelled
  return columns.filter(({ sources }) =>
    sources.some(({ increment, place }) => increments[increment]!.classes[place]!.folder === wanted),
  )
}
