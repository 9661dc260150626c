import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import type { DrawChart } from '../chart.js'
import type { Photographs } from '../photographs.js'
import type { ShownPhoto } from '../photo-strip.js'
import type { IsNew } from '../view/record.js'

/** What every section of a report on records needs. */
export interface RecordPage {
  readonly records: readonly ImageRecord[]
  readonly isNew: IsNew
  /** See `RecordReport`. */
  readonly before: string
  readonly photographs: Photographs
  readonly draw: DrawChart
  /** Photographs of records, by place; those whose file is not known are left out. */
  photosOf(places: readonly number[]): number[]
  /** The same with notes under them. */
  notedPhotos(places: readonly number[], noteOf: (record: ImageRecord) => string): ShownPhoto[]
}
