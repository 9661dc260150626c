import type { MergedColumns } from '../calibration/held-out-answers.js'
import type { CallOptions } from '../core/progress.js'
import { firstRows, joinTables, selectRows, type FeatureTable } from '../features/table.js'
import { folds } from '../head/dealings.js'
import { buildTrainingSet, type TrainingTables } from '../head/training-set.js'
import { regularisations } from '../head/regularisations.js'
import { defaultMaxOldDrop } from '../rehearsal/kept-old-images.js'
import { defaultPrior, defaultSeed } from '../training/defaults.js'
import { besideMerged } from '../tables/merged-columns.js'
import { curveFrom, type LearningCurve } from './curve-from-answers.js'
import { plainRows } from './plain-rows.js'
import { subsetAnswers } from './subset-answers.js'

export interface LearningCurveSettings extends CallOptions {
  /** @default 0 */
  readonly seed?: number
  /** Columns that are merged into old classes. @default none */
  readonly merged?: MergedColumns
  /** As in `ExtendOptions`. @default 0.15 */
  readonly prior?: number
  /** As in `ExtendOptions`. @default 0.01 with old images, else no limit */
  readonly maxOldDrop?: number | undefined
  /**
   * Number of images that the accuracy will be measured on. @default a quarter of the training images: a fifth of all
   * pictures set aside
   */
  readonly testImages?: number | undefined
  /**
   * Whether the curve is about the images that were read from files, and their classes; those kept of a bundle are then
   * trained with at every size. @default about all images
   */
  readonly ofFiles?: boolean
}

/** Shares of the training part of each split. */
const shares = [1 / 8, 1 / 4, 1 / 2, 1]
/** Fewest images a class, in the mean, of a measured point. */
const fewest = 2
const maxDraws = 4
/** Largest numbers of images that take part: of many classes more, up to a limit, so that each has some. */
const maxAsked = (classes: number) => Math.min(8000, Math.max(3000, 8 * classes))
const maxKept = 1000
const maxOld = 1000
/** Multiplications that all draws together may take; a draw is always made. */
const budget = 5e11
/** A usual number of steps of a fit. */
const usualSteps = 80

/**
 * Measures how accuracy on the new classes grows with their images, and extrapolates it by a power law.
 *
 * Softmax heads are trained on nested subsets of the images, as `extendModel` trains them but on plain views alone, and
 * answer the images that were held out (`subset-answers.ts`).
 *
 * @param tables labels of `added` are columns; the layers are those of their choices
 * @returns `undefined` where there are too few images for two sizes: fewer than five a class, or too many classes
 */
export async function learningCurveOf(
  { added, classes, rehearsal, choices = [] }: TrainingTables,
  settings: LearningCurveSettings = {},
): Promise<LearningCurve | undefined> {
  const { seed = defaultSeed, merged = new Map(), prior = defaultPrior, signal, onProgress } = settings
  const [asked, kept] = settings.ofFiles ? byFiles(added) : [added, undefined]
  const askedClasses = new Set(asked.label).size
  const all = firstRows(asked).length
  const measured = plainRows(asked, maxAsked(askedClasses), seed)
  const trained = measured.count * (1 - 1 / folds)
  const sizes = shares.filter((share) => (share * trained) / askedClasses >= fewest)
  if (sizes.length < 2) return undefined
  const old = rehearsal && plainRows(besideMerged(rehearsal, merged), maxOld, seed)
  const beside = kept === undefined ? [] : [plainRows(kept, maxKept, seed)]
  const set = buildTrainingSet({ added: joinTables([measured, ...beside]), classes, rehearsal: old, choices })

  const costOfDraw = set.image.length ** 2 * 2 * sizes.length * folds * classes * usualSteps
  const draws = Math.min(maxDraws, Math.max(1, Math.floor(budget / costOfDraw)))
  const groups = Math.ceil((draws * sizes.length * folds) / Math.max(1, Math.floor(100 / classes)))
  const total = groups * usualSteps
  let steps = 0
  const report = (done: number) => onProgress?.({ type: 'progress', stage: 'train', done, total, unit: 'steps' })
  report(0)
  const answers = await subsetAnswers(set, {
    shares: sizes,
    isAsked: (row) => row < measured.count,
    draws,
    seed,
    merged,
    prior,
    maxOldDrop: settings.maxOldDrop ?? (old ? defaultMaxOldDrop : undefined),
    regularisation: regularisations[0]!,
    signal,
    onStep: () => report(Math.min(++steps, total - 1)),
  })
  report(total)
  const testImages = settings.testImages ?? Math.max(1, Math.round(all / 4))
  return curveFrom(answers, { classes: askedClasses, all, testImages })
}

/** Images that were read from files, and the others, if any. */
function byFiles(table: FeatureTable): readonly [FeatureTable, FeatureTable | undefined] {
  const kept = selectRows(table, (row) => table.file[row]! < 0)
  return [selectRows(table, (row) => table.file[row]! >= 0), kept.count === 0 ? undefined : kept]
}
