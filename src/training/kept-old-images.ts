import type { FeatureTable } from '../features/table.js'
import { defaultMaxOldDrop, regularisations } from './defaults.js'
import type { OldImages } from './old-images.js'

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
