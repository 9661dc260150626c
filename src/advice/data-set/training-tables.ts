import { joinTables, type FeatureTable } from '../../features/table.js'
import type { TrainingTables } from '../../head/training-set.js'
import type { DataSet } from './data-set.js'

/**
 * What an extension would train on: images of the data set, those kept of earlier classes, and old ones.
 *
 * @param images the plain views of some of its images
 */
export function trainingTables(
  { columns, kept, old, choices = [] }: Pick<DataSet, 'columns' | 'kept' | 'old' | 'choices'>,
  images: FeatureTable,
): TrainingTables {
  const numbered = { ...images, image: images.image.map((_, i) => i) }
  return {
    added: joinTables(kept === undefined ? [numbered] : [numbered, kept]),
    classes: columns.length,
    rehearsal: old,
    choices,
  }
}
