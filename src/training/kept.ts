import type { Bundle } from '../bundle/bundle.js'
import type { IncrementFeatures } from './column-table.js'

/** The increments of a bundle with the features that were kept of them. */
export async function keptIncrements(bundle: Bundle): Promise<IncrementFeatures[]> {
  return Promise.all(
    bundle.manifest.increments.map(async ({ features: file, ...increment }, i) => ({
      increment,
      table: await bundle.table(i),
      file,
    })),
  )
}
