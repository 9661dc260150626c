import { isAdded } from '../bundle/manifest.js'
import type { Rehearsal } from '../bundle/parts.js'
import { firstRows, imageCount, type FeatureTable } from '../features/table.js'
import { FeatureSketch, someOf } from '../report/feature-map.js'
import type { MapFeatures } from '../report/record-report.js'
import { sketchRow } from '../report/table-features.js'
import type { Refit } from '../training/refit.js'

/** Old images on a map, and images of earlier extensions: enough to see where they lie. */
const mostOld = 1000
const mostEarlier = 2000

export interface ExtensionFeatures extends MapFeatures {
  /** Rows in the table of old images that the rows behind those of the records belong to. */
  readonly oldRows: readonly number[]
}

/** Features of the images of an extension, then of earlier ones, as their tables keep them, then of some old ones. */
export function mapFeatures(
  { records, images, trainedOn }: Pick<Refit, 'records' | 'images' | 'trainedOn'>,
  rehearsal: Rehearsal | undefined,
): ExtensionFeatures {
  const sketch = new FeatureSketch()
  const shown = Array.from(records.keys()).filter((place) => records[place]!.file !== null)
  const earlier = Array.from(records.keys()).filter((place) => {
    const { file, source, truth } = records[place]!
    return file === null && (source === 'added' || isAdded(truth))
  })
  const places = [...shown, ...someOf(earlier, mostEarlier)]
  const rowOf = rowsByImage([trainedOn.added, trainedOn.rehearsal])
  for (const place of places) {
    const { table, row } = rowOf(images[place]!)
    sketchRow(sketch, table, row)
  }
  const oldRows = rehearsal?.table.dim === trainedOn.added.dim ? someOf(firstRows(rehearsal.table), mostOld) : []
  for (const row of oldRows) sketchRow(sketch, rehearsal!.table, row)
  return { places, oldRows, rows: sketch.rows }
}

/**
 * The row of an image's plain view, by the number that the image has when the tables are joined. Numbers may be
 * missing: those of images of removed classes, and of images that a branch was trained with.
 */
function rowsByImage([added, old]: readonly [FeatureTable, FeatureTable | undefined]) {
  const count = imageCount(added)
  const rowsOf = (table: FeatureTable) => new Map(firstRows(table).map((row) => [table.image[row], row]))
  const rows = { added: rowsOf(added), old: old && rowsOf(old) }
  return (image: number) =>
    image < count ? { table: added, row: rows.added.get(image)! } : { table: old!, row: rows.old!.get(image - count)! }
}
