import type { Extractor, HashedImage } from '../features/extract.js'
import { extract } from '../features/extract.js'
import { keyedTable } from '../features/keyed-table.js'
import type { FeatureTable } from '../features/table.js'
import { messageOf, throwIfAborted } from '../core/errors.js'
import type { CallOptions, Stage } from '../core/progress.js'
import { describeContradictions, withoutContradictions } from '../folders/contradictions.js'
import { imagesOfColumns } from './column-table.js'
import { viewsOfFile } from '../features/image-views.js'
import { withChosenViews, type ViewChoice, type ViewsTaken } from './views/choose-views.js'

/** One image and the class it shows. */
export interface LabelledImage {
  readonly file: string
  readonly label: number
  /** The base class that this image may also go to, for a merged class. */
  readonly mergedInto?: number | undefined
}

export interface TableOptions extends CallOptions {
  readonly stage: Stage
  readonly dim: number
  /** F: numbers of the further layers to keep. @default none */
  readonly furtherDim?: number
  /** Augmented views per image, or what to choose them by. */
  readonly augment: number | ViewChoice
  readonly seed: number
  /** Leaves out images that lie in several classes, with a warning. @default false */
  readonly oneClassEach?: boolean
}

export interface ExtractedTable {
  readonly table: FeatureTable
  /** The files that the table's column `file` counts. */
  readonly files: readonly string[]
  /** Number of images per label; copies and near-duplicates do not count. */
  readonly imagesOfLabel: ReadonlyMap<number, number>
  /** Number of near-duplicates: images that differ from another of their class only in how they were stored. */
  readonly nearDuplicates: number
  /**
   * Images that were left out, with a sentence on each that says why: they cannot be read, or the model cannot process
   * them.
   */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Number of files left out because another has the same content, in the same class or in several. */
  readonly duplicates: number
  /** How many of `duplicates` lie in several classes; copies within a class aside. */
  readonly inSeveralClasses: number
  /** The choice of views; `undefined` where their number was given. */
  readonly viewsTaken: ViewsTaken | undefined
}

/**
 * Builds the feature table of a set of images. Files with equal content count once per class; near-duplicates share the
 * weight of one image.
 *
 * Augmented views are drawn by content, so that moving or renaming a file changes nothing.
 */
export async function tableOf(
  extractor: Extractor,
  images: readonly LabelledImage[],
  options: TableOptions,
): Promise<ExtractedTable> {
  const { stage, dim, furtherDim = 0, augment, seed } = options
  let distinct: (LabelledImage & HashedImage)[] = []
  const seen = new Set<string>()
  const unreadable: { file: string; reason: string }[] = []
  for (const [i, image] of images.entries()) {
    throwIfAborted(options.signal)
    options.onProgress?.({ type: 'progress', stage: 'hash', done: i + 1, total: images.length, unit: 'images' })
    const hashed = await viewsOfFile(image.file, { augment: typeof augment === 'number' ? augment : 0, seed }).catch(
      (error: unknown) => {
        const reason = messageOf(error)
        unreadable.push({ file: image.file, reason })
        options.onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: reason })
      },
    )
    if (hashed === undefined) continue
    const identity = `${image.label}:${hashed.hash}`
    if (seen.has(identity)) continue
    seen.add(identity)
    distinct.push({ ...image, ...hashed })
  }
  const different = distinct.length
  if (options.oneClassEach) {
    const { kept, contradictions } = withoutContradictions(distinct)
    if (contradictions.length > 0) {
      const message = describeContradictions(contradictions)
      options.onProgress?.({ type: 'warning', code: 'CONTRADICTION', message })
    }
    distinct = kept
  }
  const duplicates = images.length - unreadable.length - distinct.length
  const extraction = await extract(extractor, distinct, stage, options)
  const {
    keys,
    unreadable: undecodable,
    taken,
  } = typeof augment === 'number'
    ? { ...extraction, taken: undefined }
    : await withChosenViews(extractor, distinct, extraction, augment, options)
  const { table, copies } = keyedTable(extractor.store, distinct, keys, { dim, furtherDim })
  return {
    table,
    files: distinct.map(({ file }) => file),
    imagesOfLabel: imagesOfColumns(table),
    nearDuplicates: copies,
    unreadable: [...unreadable, ...undecodable],
    duplicates,
    inSeveralClasses: different - distinct.length,
    viewsTaken: taken,
  }
}
