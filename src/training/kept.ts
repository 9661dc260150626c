import type { Bundle } from '../bundle/bundle.js'
import type { IncrementFeatures } from './column-table.js'

/** The increments of a bundle with the features that were kept of them. */
export async function keptIncrements(bundle: Bundle): Promise<IncrementFeatures[]> {
  const { increments } = bundle.manifest
  return Promise.all(increments.map(async (increment, i) => ({ increment, table: await bundle.table(i) })))
}
