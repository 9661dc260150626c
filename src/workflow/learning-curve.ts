import type { LearningCurve } from '../advice/curve-from-answers.js'
import { chooseLayers } from '../advice/data-set/choose-layers.js'
import { readDataSet } from '../advice/data-set/data-set.js'
import { trainingTables } from '../advice/data-set/training-tables.js'
import { learningCurveOf } from '../advice/learning-curve.js'
import { plainRows } from '../advice/plain-rows.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { samplesOf } from '../classifier/samples.js'
import { NpluskError } from '../core/errors.js'
import { openExtractor } from '../features/extractor.js'
import { groupNearDuplicates } from '../features/near-duplicates.js'
import { findClasses } from '../folders/class-folders.js'
import { defaultPrior, defaultSeed } from '../training/defaults.js'
import { checkTrainingNumbers } from '../training/extend-options.js'
import { layersAsked } from '../training/layers-to-fit.js'

export interface LearningCurveOptions extends ModelOptions {
  /** One folder of images per class, as for an extension. */
  readonly folder: string
  /** As in `ExtendOptions`. */
  readonly rehearsal?: string
  /** As in `ExtendOptions`. @default the bundle's own, else 0.15 */
  readonly prior?: number
  /** As in `ExtendOptions`. @default the bundle's own, else 0.01 with old images and without them no limit */
  readonly maxOldDrop?: number
  /**
   * The number of test images that the interval of the accuracy to expect is for, 1 or more.
   * @default a quarter of the images
   */
  readonly testImages?: number
  /** Seed of the folds and of the subsets. @default 0 */
  readonly seed?: number
}

/**
 * Measures how accuracy on new classes grows with their images: trains heads on nested subsets, lets them answer the
 * images that were held out, and carries the curve on to twice the images. Nothing is written but features to the
 * cache.
 *
 * Where the model is a bundle, the images that its added classes keep are trained with at every size, and the curve is
 * about those of the folder alone.
 *
 * @returns `null` where there are too few images for two sizes, below five a class, or more than 1,600 classes
 * @throws NpluskError as `extendModel`; `USAGE` for a number out of range
 */
export async function learningCurve(options: LearningCurveOptions): Promise<LearningCurve | null> {
  const { folder, rehearsal, seed = defaultSeed, testImages, signal, onProgress } = options
  checkTrainingNumbers({ ...options, seed })
  if (testImages !== undefined && !(Number.isSafeInteger(testImages) && testImages >= 1))
    throw new NpluskError('USAGE', `testImages must be a whole number from 1 on, not ${testImages}.`)
  const call = { signal, onProgress }
  const { folders } = await findClasses([folder], 'add', options)
  const opened = await openBackbone({ ...options, samples: await samplesOf(folders, rehearsal) })
  const cacheDir = cacheDirOf(options)
  await using extractor = await openExtractor(opened.backbone, { ...options, cacheDir })
  const dataSet = await readDataSet(folders, opened, extractor, {
    ...call,
    folder,
    rehearsal,
    cacheDir,
    seed,
    test: [],
  })
  const { table, merged } = dataSet
  const images = plainRows(groupNearDuplicates(table).table, Infinity, seed)
  const asked = { seed, ...layersAsked(opened) }
  const choices = await chooseLayers(dataSet, images, { ...call, ...asked })
  const earlier = opened.bundle?.manifest.training
  const curve = await learningCurveOf(trainingTables({ ...dataSet, choices }, images), {
    ...call,
    seed,
    prior: options.prior ?? earlier?.prior ?? defaultPrior,
    maxOldDrop: options.maxOldDrop ?? earlier?.maxOldDrop,
    testImages,
    merged,
    ofFiles: true,
  })
  return curve ?? null
}
