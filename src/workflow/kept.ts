import { readBundleFile, type Bundle } from '../bundle/bundle.js'
import type { Manifest } from '../bundle/manifest.js'
import { decodeTable } from '../bundle/table-file.js'
import type { IncrementFeatures } from './refit.js'

/** The increments of a bundle with the features that were kept of them. */
export async function keptIncrements(bundle: Bundle): Promise<IncrementFeatures[]> {
  return Promise.all(
    bundle.manifest.increments.map(async (increment) => ({
      increment,
      table: decodeTable(await readBundleFile(bundle, increment.features), increment.features),
    })),
  )
}

/** How many columns were added, and how many there are in all; merged classes have none of their own. */
export function addedCount({ base, increments }: Manifest): { added: number; total: number } {
  const added = increments.flatMap(({ classes }) => classes).filter(({ mergedInto }) => mergedInto === undefined).length
  return { added, total: base.classes.length + added }
}
