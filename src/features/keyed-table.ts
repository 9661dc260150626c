import type { ViewKeys } from './extract.js'
import { groupNearDuplicates, type Grouped } from './near-duplicates.js'
import type { BottleneckStore } from './store.js'
import { buildTable, type Row } from './table.js'

/**
 * Reads the bottlenecks of images from the store into a table, near-duplicates grouped. Its column `file` counts the
 * given images.
 *
 * @param keys of the views of every image; an image without keys is left out
 * @param dims numbers of the features, and of the further layers to keep
 */
export function keyedTable(
  store: BottleneckStore,
  images: readonly { readonly label: number; readonly mergedInto?: number | undefined }[],
  keys: readonly ViewKeys[],
  { dim, furtherDim = 0 }: { readonly dim: number; readonly furtherDim?: number | undefined },
): Grouped {
  const count = keys.reduce((sum, viewKeys) => sum + (viewKeys?.length ?? 0), 0)

  function* rows(): Generator<Row> {
    let image = 0
    for (const [i, { label, mergedInto }] of images.entries()) {
      const viewKeys = keys[i]
      if (viewKeys === undefined) continue
      for (const key of viewKeys) yield { bottleneck: store.read(key), label, image, mergedInto, file: i }
      image++
    }
  }
  const further = furtherDim > 0 ? store.writer(furtherDim) : undefined
  return groupNearDuplicates(buildTable(rows(), count, dim, store.writer(dim), further))
}
