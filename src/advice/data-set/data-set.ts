import type { Bundle } from '../../bundle/bundle.js'
import { columnsOf, type AddedColumn } from '../../bundle/columns.js'
import type { IncrementFeatures } from '../../bundle/parts.js'
import { nameIncrement } from '../../classes/increment-name.js'
import { nameClasses, type NewClass } from '../../classes/labels.js'
import type { MergedColumns } from '../../calibration/held-out-answers.js'
import type { CallOptions } from '../../core/progress.js'
import { tableDims, type Backbone } from '../../features/backbone.js'
import type { Extractor } from '../../features/extract.js'
import type { FeatureTable } from '../../features/table.js'
import type { ClassFolder } from '../../folders/folder.js'
import type { TrainingTables } from '../../head/training-set.js'
import { columnTable } from '../../tables/column-table.js'
import { keptBeside, knownImages } from '../../tables/known-pictures.js'
import { besideMerged, mergedColumns } from '../../tables/merged-columns.js'
import { openRehearsal } from '../../rehearsal/rehearsal.js'
import { refuseTunedGrowth } from '../../fine-tuning/tuned-increments.js'
import { unseenImages } from '../../tables/unseen-images.js'
import { readPictures, type LabelledFile, type PictureTable } from './picture-table.js'

/** A data set as it would be added to a classifier, by the features of its plain views. */
export interface DataSet extends PictureTable {
  /** The classes of the folder. */
  readonly classes: readonly NewClass[]
  /** The increments of the bundle that would be extended, then that of the folder. */
  readonly increments: readonly IncrementFeatures['increment'][]
  /** All added columns; the labels of all tables are their numbers, and `columnNames` what to call them. */
  readonly columns: readonly AddedColumn[]
  readonly columnNames: readonly string[]
  readonly merged: MergedColumns
  /** Images that the bundle's classes were trained on, but those that lie in the folder again. */
  readonly kept: FeatureTable | undefined
  /** Old images to rehearse with, but those of merged classes. */
  readonly old: FeatureTable | undefined
  /** [columns] the layers that each reads (`choose-layers.ts`). @default the features as they are for all */
  readonly choices?: TrainingTables['choices']
  /** Number of files in the class folders. */
  readonly given: number
}

export interface DataSetOptions extends CallOptions {
  readonly folder: string
  /** As in `ExtendOptions`. */
  readonly rehearsal?: string | undefined
  readonly cacheDir: string
  readonly seed: number
  /** Images to compare with, of the classes named or of unknown ones. */
  readonly test: readonly (Omit<LabelledFile, 'column' | 'isTest'> & { readonly folder: string | undefined })[]
}

/**
 * Reads the features of a data set's images, and what they would be trained with: old images, and the images kept of
 * the bundle's classes.
 *
 * @param folders the class folders
 * @throws NpluskError `CONFLICT` where a folder may mean several classes, or one that cannot grow
 */
export async function readDataSet(
  folders: readonly ClassFolder[],
  { backbone, bundle }: { readonly backbone: Backbone; readonly bundle: Bundle | undefined },
  extractor: Extractor,
  options: DataSetOptions,
): Promise<DataSet> {
  const all = (await bundle?.increments()) ?? []
  const fineTuning = bundle?.manifest.training.fineTuning
  const keptIncrements = unseenImages(all, fineTuning)
  const earlier = bundle?.manifest.increments ?? []
  const taken = new Set(earlier.map(({ name }) => name))
  const { name } = nameIncrement(undefined, [options.folder], taken)
  // What is said about names is a finding of its own.
  const warn = () => undefined
  const classes = nameClasses(folders, { increment: name, base: backbone.classes, earlier, warn })

  const added = { name, classes: classes.map(({ files, grows: _, ...one }) => ({ ...one, images: files.length })) }
  const increments = [...earlier, added]
  const columns = columnsOf(increments)
  const columnOf = new Map(columns.map(({ label }, column) => [label, column]))
  const columnOfFolder = new Map(classes.map(({ folder, label }) => [folder, columnOf.get(label)!]))
  const files: LabelledFile[] = [
    ...classes.flatMap(({ folder, files, mergedInto }) =>
      files.map((file) => ({ file, column: columnOfFolder.get(folder)!, mergedInto })),
    ),
    ...options.test.map(({ file, folder = '' }) => ({ file, column: columnOfFolder.get(folder) ?? -1, isTest: true })),
  ]
  const pictures = await readPictures(extractor, files, { ...options, ...tableDims(backbone) })
  if (fineTuning) {
    const placeOf = new Map(classes.map(({ label }, place) => [columnOf.get(label)!, place]))
    const table = { ...pictures.table, label: pictures.table.label.map((column) => placeOf.get(column)!) }
    const known = knownImages(all, { increment: added, table })
    const fresh = new Set(table.label.filter((_, row) => !known.has(table.image[row]!)))
    refuseTunedGrowth(
      bundle?.manifest,
      classes.filter((_, place) => fresh.has(place)).map(({ label }) => label),
    )
  }
  const rehearsal = await openRehearsal(options.rehearsal, backbone, bundle, extractor, { ...options, augment: 0 })
  const merged = mergedColumns(columns)
  const nameOf = new Map(classes.map(({ label, folder }) => [label, folder]))
  return {
    ...pictures,
    classes,
    increments,
    columns,
    columnNames: columns.map(({ label }) => nameOf.get(label) ?? label),
    merged,
    kept: keptIncrements.length === 0 ? undefined : keptBeside(columnTable(keptIncrements, columns), pictures.table),
    old: rehearsal && besideMerged(rehearsal.table, merged),
    given: classes.reduce((sum, one) => sum + one.files.length, 0),
  }
}
