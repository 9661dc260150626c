import type { Advice } from '../advice/advice.js'
import { countImages, describeClasses, heldOutEstimate } from '../advice/class-counts.js'
import { readDataSet } from '../advice/data-set.js'
import { comparedNeighbours, copiesByPixels, describeDuplicates, firstCopies } from '../advice/duplicates.js'
import { findGiveaways } from '../advice/giveaways.js'
import { heldOutScores } from '../advice/held-out.js'
import { lookAtAll } from '../advice/look-at-all.js'
import { rankLabels } from '../advice/mislabelled.js'
import { nearestNeighbours } from '../advice/neighbours.js'
import { rankOutliers } from '../advice/outliers.js'
import { overlappingClasses } from '../advice/overlap.js'
import { rankSteps } from '../advice/ranked-steps.js'
import { similarClasses } from '../advice/similar.js'
import { testImagesOf } from '../advice/test-images.js'
import { transferCase } from '../advice/transfer-case.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { samplesOf } from '../classifier/samples.js'
import { collectWarnings } from '../core/collect-warnings.js'
import { stopwatch } from '../core/stopwatch.js'
import { openExtractor } from '../features/extractor.js'
import { joinTables } from '../features/table.js'
import { findClasses } from '../folders/class-folders.js'
import { openMatrixProducts } from '../head/ort-matrix-products.js'
import { defaultSeed } from '../training/defaults.js'

export interface AdviseOptions extends ModelOptions {
  /** One folder of images per class, as for an extension. */
  readonly folder: string
  /** Images that the classifier will be tested on or meet, with class folders or without. @default none */
  readonly test?: string
  /** As in `ExtendOptions`. */
  readonly rehearsal?: string
  /** @default 0 */
  readonly seed?: number
}

/**
 * Looks at a data set before anything is trained on it: what is wrong with it, what to expect of it, what to do.
 * Nothing is written but features to the cache, where `extendModel` finds them.
 *
 * @throws NpluskError for a folder without class folders or images, and for a model that cannot be opened; images that
 * cannot be read are a finding
 */
export async function advise(options: AdviseOptions): Promise<Advice> {
  const { folder, seed = defaultSeed, rehearsal } = options
  const call = collectWarnings(options)
  const time = stopwatch()
  const { folders, passedOver } = await findClasses([folder], 'add', call)
  const test = options.test === undefined ? [] : await testImagesOf(options.test, call)
  const opened = await openBackbone({ ...options, ...call, samples: await samplesOf(folders, rehearsal) })
  const { backbone, bundle } = opened
  const cacheDir = cacheDirOf(options)
  await using extractor = await openExtractor(backbone, { ...options, ...call, cacheDir })
  time.lap('model')
  const dataSet = await readDataSet(folders, opened, extractor, { ...call, folder, rehearsal, cacheDir, seed, test })
  const { images, table, testImages, testTable, columns, columnNames, classes } = dataSet
  time.lap('extract')

  await using products = await openMatrixProducts()
  const all = [...images, ...testImages]
  const looks = await lookAtAll(
    all.map(({ file }) => file),
    call,
  )
  const allFeatures = testTable === undefined ? table : joinTables([table, testTable])
  const neighbours = await nearestNeighbours(allFeatures, comparedNeighbours, products, call.signal)
  const roots = copiesByPixels(
    all.map((one, i) => ({ ...one, look: looks[i], neighbours: neighbours[i]! })),
    call.signal,
  )
  const firsts = firstCopies(images, roots)
  time.lap('compare')

  const scores = await heldOutScores(dataSet, firsts, { ...call, seed, base: backbone.classes })
  time.lap('train')
  const { probabilities, records } = scores
  const existing = { base: backbone.classes, earlier: bundle?.manifest.increments ?? [], columns }
  const findings = {
    classes: describeClasses(dataSet, firsts, records),
    images: countImages(dataSet, firsts),
    unreadable: dataSet.unreadable,
    duplicates: describeDuplicates(all, roots, dataSet.twins, columnNames),
    mislabelled: rankLabels(images, probabilities, columnNames),
    outliers: await rankOutliers(images, table, firsts, columnNames, { products, seed, signal: call.signal }),
    similar: similarClasses(images, firsts, probabilities, columnNames),
    overlap: overlappingClasses(classes, table, firsts, probabilities, existing),
    giveaways: findGiveaways(images, looks, columnNames),
    shift: null,
    test: null,
    expected: heldOutEstimate(records),
    learningCurve: [],
    case: transferCase(table, classes.length),
  }
  time.lap('rank')
  return {
    folder,
    model: backbone.name,
    passedOver,
    ...findings,
    advice: rankSteps(findings),
    warnings: call.warnings,
    seconds: time.seconds(),
  }
}
