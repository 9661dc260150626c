import { relative } from 'node:path'
import type { CallOptions } from '../core/progress.js'
import type { ImageRecord } from '../evaluation/evaluation-record.js'
import { openDrawing } from './chart.js'
import { featureMap } from './feature-map.js'
import { html } from './html.js'
import { writePage, type Section } from './page.js'
import { Photographs } from './photographs.js'
import { classesSection } from './sections/classes.js'
import type { RecordPage } from './sections/context.js'
import { headline } from './sections/headline.js'
import { madeSection, type Made } from './sections/made.js'
import { mapSection } from './sections/map.js'
import { matrixSection } from './sections/matrix.js'
import { mistakesSection } from './sections/mistakes.js'
import type { Rejecting } from './sections/rejection.js'
import { surenessSection } from './sections/sureness.js'
import { hasMore, trainingSection, type TrainingView } from './sections/training.js'
import { percent } from './table.js'
import { classRows, type ClassRank } from './view/classes.js'
import { findings } from './view/findings.js'
import { headlines } from './view/headlines.js'
import { mapView } from './view/map.js'
import { matrix } from './view/matrix.js'
import { mistakes } from './view/mistakes.js'
import { answerOf, type IsNew } from './view/record.js'
import { sureness } from './view/sureness.js'

/** Features of images, reduced to a few numbers each. */
export interface MapFeatures {
  /** Places of the records that the first rows belong to. */
  readonly places: readonly number[]
  /** A row for each of these, and then rows of old images that have no record. */
  readonly rows: number[][]
}

/** What a report on answers is made of. */
export interface RecordReport {
  readonly title: string
  /** A paragraph on what was measured. */
  readonly lead: string
  /** At least one. */
  readonly records: readonly ImageRecord[]
  /** Which classes count as new, in the records' errors as well. */
  readonly isNew: IsNew
  /** What answers without the new classes, as the subject of a sentence. */
  readonly before: string
  /** Reduced features of images; without them there is no map. */
  readonly features?: MapFeatures | undefined
  /** By column, where known. */
  readonly ranks: ReadonlyMap<number, ClassRank>
  readonly rejecting: Rejecting
  readonly training?: TrainingView | undefined
  readonly made: Made
}

/**
 * Writes a page on what a classifier answered: figures, mistakes with their photographs, and how sure it was.
 *
 * @throws NpluskError as `writePage`
 */
export async function writeRecordReport(file: string, report: RecordReport, call: CallOptions): Promise<void> {
  const { records, isNew, made, rejecting, training } = report
  const page = await recordPage(report)
  const view = report.features && (await mapOf(records, report.features, call))
  const sections: (Section | undefined)[] = [
    { id: 'mistakes', title: 'Mistakes', body: mistakesSection(mistakes(records, isNew), page) },
    { id: 'classes', title: 'Class by class', body: classesSection(classRows(records, report.ranks, isNew), page) },
    { id: 'matrix', title: 'What is taken for what', body: matrixSection(matrix(records, isNew), page) },
    { id: 'sureness', title: 'How sure it is', body: surenessSection(sureness(records), rejecting, page) },
    view && { id: 'map', title: 'Map of the photographs', body: mapSection(view, page) },
    training !== undefined && hasMore(training)
      ? { id: 'training', title: 'What training saw', body: trainingSection(training, page.draw) }
      : undefined,
    { id: 'made', title: 'How this was made', body: madeSection(made, new Date()) },
  ]
  const lead = html`<p>${report.lead}</p>
    ${headline(headlines(records, isNew), findings(records, isNew), page)}`
  const shown = sections.filter((section) => section !== undefined)
  await writePage(file, { title: report.title, lead, sections: shown, photographs: page.photographs }, call)
}

async function mapOf(records: readonly ImageRecord[], { places, rows }: MapFeatures, { signal }: CallOptions) {
  const coordinates = await featureMap(rows, signal)
  return coordinates && mapView(records, places, coordinates)
}

async function recordPage({ records, isNew, before, made }: RecordReport): Promise<RecordPage> {
  const photographs = new Photographs()
  const photoOf = records.map((record) =>
    record.file === null ? undefined : photographs.add(record.file, captionOf(record, record.file, made.folders)),
  )
  return {
    records,
    isNew,
    before,
    photographs,
    draw: await openDrawing(),
    photosOf: (places) => places.flatMap((place) => photoOf[place] ?? []),
    notedPhotos: (places, noteOf) =>
      places.flatMap((place) => {
        const photo = photoOf[place]
        return photo === undefined ? [] : [{ photo, note: noteOf(records[place]!) }]
      }),
  }
}

function captionOf(record: ImageRecord, file: string, folders: readonly string[]): string {
  const { label, probability } = answerOf(record)
  const name = folders.map((folder) => relative(folder, file)).find((inside) => !inside.startsWith('..')) ?? file
  const said =
    record.error === null ? `rightly (${percent(probability)})` : `taken for ${label} (${percent(probability)})`
  return `${name}: ${record.truth.label}, ${said}`
}
