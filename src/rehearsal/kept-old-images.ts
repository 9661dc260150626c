import type { FeatureTable } from '../features/table.js'
import { regularisations } from '../head/regularisations.js'
import type { OldImages } from './old-images.js'

/** Largest loss of old accuracy, a fraction, when there are old images to measure it on. */
export const defaultMaxOldDrop = 0.01

/** Real old images with stored features: those of a folder, or of a rehearsal pack. */
export function keptOldImages(table: FeatureTable): OldImages {
  return {
    areWhole: true,
    restricted: (one) => one,
    rehearsed: () => table,
    regularisations,
    defaultMaxOldDrop,
    probe: () => Promise.resolve(undefined),
  }
}
