import type { Advice } from '../advice/advice.js'
import { compareTest } from '../advice/compare-test.js'
import type { LearningCurve } from '../advice/curve-from-answers.js'
import { chooseLayers } from '../advice/data-set/choose-layers.js'
import { countImages, describeClasses, heldOutEstimate } from '../advice/data-set/class-counts.js'
import { readDataSet, type DataSet } from '../advice/data-set/data-set.js'
import { lookAtAll } from '../advice/data-set/look-at-all.js'
import { testImagesOf } from '../advice/data-set/test-images.js'
import { domainShift, unsurenessOf } from '../advice/domain-shift.js'
import { comparedNeighbours, copiesByPixels, describeDuplicates, firstCopies } from '../advice/faults/duplicates.js'
import { findGiveaways } from '../advice/faults/giveaways.js'
import { rankLabels } from '../advice/faults/mislabelled.js'
import { nearestNeighbours } from '../advice/faults/neighbours.js'
import { rankOutliers } from '../advice/faults/outliers.js'
import { overlappingClasses } from '../advice/faults/overlap.js'
import { similarClasses } from '../advice/faults/similar.js'
import { asStage, gainOfCleaning } from '../advice/gain-of-cleaning.js'
import { heldOutScores } from '../advice/held-out.js'
import { trainingTables } from '../advice/data-set/training-tables.js'
import { judgedClasses } from '../advice/judged.js'
import { learningCurveOf } from '../advice/learning-curve.js'
import { rankSteps } from '../advice/steps/rank.js'
import { transferCase } from '../advice/transfer-case.js'
import type { HeldOutImageRecord } from '../calibration/held-out-records.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import { baseHead } from '../classifier/base-head.js'
import { featureParts } from '../classifier/feature-parts.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { samplesOf } from '../classifier/samples.js'
import { collectWarnings } from '../core/collect-warnings.js'
import type { CallOptions } from '../core/progress.js'
import { checkReportFile } from '../core/report-options.js'
import { stopwatch } from '../core/stopwatch.js'
import type { Backbone } from '../features/backbone.js'
import { openExtractor } from '../features/extractor.js'
import { joinTables, pickRows, type FeatureTable } from '../features/table.js'
import { checkGivenClasses, findClasses } from '../folders/class-folders.js'
import type { ClassFolder } from '../folders/folder.js'
import { openMatrixProducts, type OpenMatrixProducts } from '../head/ort-matrix-products.js'
import { defaultPrior, defaultSeed } from '../training/defaults.js'
import { checkTrainingNumbers } from '../training/extend-options.js'
import { layersAsked } from '../training/layers-to-fit.js'
import type { AdviceReportOptions } from './advice-report.js'
import { afterResult } from './after-result.js'

export interface AdviseOptions extends ModelOptions {
  /** One folder of images per class, as for an extension. */
  readonly folder: string
  /** The classes by their files, where they do not lie in `folder`, which then only names the set. */
  readonly classes?: readonly ClassFolder[]
  /** Images that the classifier will be tested on or meet, with class folders or without. @default none */
  readonly test?: string
  /** As in `ExtendOptions`. */
  readonly rehearsal?: string
  /** @default 0 */
  readonly seed?: number
  /** Writes a page on it, with the pictures. @default none */
  readonly report?: AdviceReportOptions
}

/**
 * Looks at a data set before anything is trained on it: what is wrong with it, what to expect of it, what to do.
 * Nothing is written but features to the cache, where `extendModel` finds them.
 *
 * @throws NpluskError for a folder without class folders or images, for a model that cannot be opened, for classes that
 * cannot be told or cannot grow, and `USAGE` for a seed out of range; images that cannot be read are a finding
 * @returns the advice, also where the report could not be written: `unwritten` is there then, and `warnings` say why
 */
export async function advise(options: AdviseOptions): Promise<Advice & { readonly unwritten?: readonly 'report'[] }> {
  const { folder, seed = defaultSeed, rehearsal } = options
  checkTrainingNumbers({ seed })
  const call = collectWarnings(options)
  const time = stopwatch()
  if (options.report) await checkReportFile(options.report.file)
  const { folders, passedOver } =
    options.classes === undefined
      ? await findClasses([folder], 'add', call)
      : { folders: checkGivenClasses(options.classes), passedOver: [] }
  const test = options.test === undefined ? [] : await testImagesOf(options.test, call)
  const opened = await openBackbone({ ...options, ...call, samples: await samplesOf(folders, rehearsal) })
  const { backbone, bundle } = opened
  const cacheDir = cacheDirOf(options)
  await using extractor = await openExtractor(backbone, { ...options, ...call, cacheDir })
  time.lap('model')
  const read = await readDataSet(folders, opened, extractor, { ...call, folder, rehearsal, cacheDir, seed, test })
  const { images, table, columns, columnNames, classes } = read
  time.lap('extract')

  await using products = await openMatrixProducts()
  const { all, looks, roots } = await findCopies(read, products, call)
  const firsts = firstCopies(images, roots)
  time.lap('compare')

  const distinct = pickRows(table, [...new Set(firsts)])
  const asked = { seed, ...layersAsked(opened) }
  const dataSet = { ...read, choices: await chooseLayers(read, distinct, { ...asked, ...call }) }
  const { prior = defaultPrior, maxOldDrop } = bundle?.manifest.training ?? {}
  const training = { ...call, seed, prior, maxOldDrop, base: backbone.classes }
  const { probabilities, records, pictures, isWhole } = await heldOutScores(dataSet, firsts, training)
  const mislabelled = rankLabels(images, probabilities, columnNames, pictures)
  const cleaning = await gainOfCleaning(dataSet, firsts, mislabelled, records, training)
  const curve = await learningCurveOf(trainingTables(dataSet, distinct), {
    seed,
    prior,
    maxOldDrop,
    merged: dataSet.merged,
    ofFiles: true,
    ...asStage(call, 'forecast'),
  })
  time.lap('train')

  const existing = { base: backbone.classes, earlier: bundle?.manifest.increments ?? [], columns }
  const findings = {
    folder,
    classes: describeClasses(dataSet, firsts, pictures, records),
    images: countImages(dataSet, firsts),
    unreadable: dataSet.unreadable,
    duplicates: describeDuplicates(all, roots, dataSet.twins, columnNames),
    judged: judgedClasses(images, firsts, looks, pictures),
    mislabelled,
    outliers: await rankOutliers(images, table, firsts, columnNames, {
      parts: featureParts(backbone),
      products,
      seed,
      signal: call.signal,
    }),
    similar: similarClasses(images, firsts, probabilities, columnNames, pictures),
    overlap: overlappingClasses(classes, table, firsts, probabilities, existing),
    giveaways: findGiveaways(images, looks, columnNames),
    shift: await shiftOf(distinct, dataSet.old, backbone, seed),
    test: await compareTest(dataSet, roots, { seed, ...call }),
    expected: expectedOf(curve, isWhole ? records : []),
    learningCurve: curve?.points ?? [],
    case: distinct.count === 0 ? null : transferCase(distinct.count / classes.length, unsurenessOf(distinct)),
  }
  time.lap('compare-sets')
  const steps = rankSteps({ ...findings, gainOfCleaning: cleaning })
  const advice = { model: options.model, passedOver, ...findings, advice: steps }
  const finished = (): Advice => ({ ...advice, warnings: call.warnings, seconds: time.seconds() })
  const { report } = options
  if (!report) return finished()
  const write = async () => {
    const { reportAdvice } = await import('./advice-report.js')
    const { manifest } = bundle ?? {}
    await reportAdvice(report, finished(), { ...options, ...call, test: options.test, manifest })
  }
  const isWritten = await afterResult('The advice is there, but the report', write, call)
  time.lap('report')
  return { ...finished(), ...(isWritten ? {} : { unwritten: ['report'] as const }) }
}

/** Looks at all images, those to learn from first and those of the test last, and finds out which are copies. */
async function findCopies(dataSet: DataSet, products: OpenMatrixProducts, call: CallOptions) {
  const { images, table, contradicting, contradictingTable, testImages, testTable } = dataSet
  const all = [...images, ...contradicting, ...testImages]
  const looks = await lookAtAll(
    all.map(({ file }) => file),
    call,
  )
  const features = joinTables([table, contradictingTable, testTable].filter((one) => one !== undefined))
  const neighbours = await nearestNeighbours(features, comparedNeighbours, products, call.signal)
  const pictures = all.map((one, i) => ({ ...one, look: looks[i], neighbours: neighbours[i]! }))
  return { all, looks, roots: copiesByPixels(pictures, call.signal) }
}

/** What the curve says of all images, else what the images held out do. */
function expectedOf(curve: LearningCurve | undefined, records: readonly HeldOutImageRecord[]): Advice['expected'] {
  return curve ? { ...curve.expected, testImages: curve.testImages } : heldOutEstimate(records)
}

async function shiftOf(images: FeatureTable, old: FeatureTable | undefined, backbone: Backbone, seed: number) {
  if (old === undefined || Math.min(images.count, old.count) < 2) return null
  const bottleneck = baseHead(backbone)?.size ?? backbone.dim
  return domainShift(images, old, { bottleneck, model: backbone.sha256, seed })
}
