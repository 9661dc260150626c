import type { Rehearsal } from '../bundle/parts.js'
import type { ImageRecord } from '../evaluation/evaluation-record.js'
import { FeatureSketch } from '../report/feature-map.js'
import type { MapFeatures } from '../report/record-report.js'
import { firstRows, sketchRow } from '../report/table-features.js'
import type { ExtractedTable } from '../training/image-table.js'

/** Old images on a map: enough to see where they lie. */
const mostOld = 1000

export interface ExtensionFeatures extends MapFeatures {
  /** Rows in the table of old images that the rows behind those of the records belong to. */
  readonly oldRows: readonly number[]
}

/** Features of the images of an extension that can be shown, and of some old ones. */
export function mapFeatures(
  records: readonly ImageRecord[],
  { table, files }: ExtractedTable,
  rehearsal: Rehearsal | undefined,
): ExtensionFeatures {
  const sketch = new FeatureSketch()
  const rowOf = new Map(firstRows(table).map((row): [string | null, number] => [files[table.file[row]!]!, row]))
  const places = Array.from(records.keys()).filter((place) => rowOf.has(records[place]!.file))
  for (const place of places) sketchRow(sketch, table, rowOf.get(records[place]!.file)!)
  const oldRows = rehearsal?.table.dim === table.dim ? someOf(firstRows(rehearsal.table)) : []
  for (const row of oldRows) sketchRow(sketch, rehearsal!.table, row)
  return { places, oldRows, rows: sketch.rows }
}

function someOf(rows: readonly number[]): number[] {
  const step = Math.max(1, rows.length / mostOld)
  return Array.from({ length: Math.min(mostOld, rows.length) }, (_, i) => rows[Math.floor(i * step)]!)
}
