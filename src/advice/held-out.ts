import { calibrate } from '../calibration/calibrate.js'
import type { ShiftOptions } from '../calibration/choose-shift.js'
import type { HeldOutImageRecord } from '../calibration/held-out-records.js'
import { scarcityOffsets, withOffsets } from '../calibration/scarcity.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { CallOptions } from '../core/progress.js'
import { pickRows, type FeatureTable } from '../features/table.js'
import { jointSoftmax } from '../head/linear/joint-softmax.js'
import { imagesOfClasses } from '../head/training-rows.js'
import { buildTrainingSet } from '../head/training-set.js'
import { logSumExp } from '../math/softmax.js'
import { regularisations } from '../head/regularisations.js'
import { defaultMaxOldDrop } from '../rehearsal/kept-old-images.js'
import { heldOutLabels } from '../training/held-out-labels.js'
import type { DataSet } from './data-set/data-set.js'
import { trainingTables } from './data-set/training-tables.js'
import { dealParts } from './parts.js'
import { plainRows } from './plain-rows.js'

/** What heads say of each image that did not see it. */
export interface HeldOutScores {
  /** Row-major [images × columns]: probabilities among the added classes alone. */
  readonly probabilities: Float32Array
  /** The answers over all classes, calibrated as in an extension; one of several copies of a picture. */
  readonly records: readonly HeldOutImageRecord[]
  /** [columns] from how many pictures of the class heads learned, those that learned from fewest. */
  readonly pictures: Float64Array
  /** Whether heads were trained on all images together. */
  readonly isWhole: boolean
}

export interface HeldOutOptions extends CallOptions, Pick<ShiftOptions, 'prior'> {
  readonly seed: number
  /** As in `ExtendOptions`; without old images there is no limit. @default 0.01 */
  readonly maxOldDrop?: number | undefined
  readonly base: readonly ClassInfo[]
  /** @default none */
  readonly without?: ReadonlySet<number>
}

/** Largest numbers of images beside those of a part; cross-validation takes 4000 in all. */
const maxKept = 1000
const maxOld = 1000
/** A usual number of an optimiser's steps. */
const usualSteps = 150

/**
 * Scores every image by heads that were trained without it and without its copies in its class, as an extension trains
 * them. A large data set is dealt into parts, and each part trained on its own (`parts.ts`).
 *
 * @param firsts [images] the first copy of each in its class
 */
export async function heldOutScores(
  dataSet: Pick<DataSet, 'images' | 'table' | 'columns' | 'increments' | 'merged' | 'kept' | 'old' | 'choices'>,
  firsts: readonly number[],
  options: HeldOutOptions,
): Promise<HeldOutScores> {
  const { images, columns, merged } = dataSet
  const k = columns.length
  const { seed, prior, without = new Set(), signal, onProgress } = options
  const maxOldDrop = dataSet.old && (options.maxOldDrop ?? defaultMaxOldDrop)
  // Dealt before any are left out: parts with and without them are of the same size.
  const left = (some: readonly number[]) => some.filter((image) => !without.has(image))
  const parts = dealParts([...new Set(firsts)], dataSet.table.label, seed)
    .map(({ judged, beside }) => ({ judged: left(judged), beside: left(beside) }))
    .filter(({ judged }) => judged.length > 0)
  const pictures = new Float64Array(k).fill(parts.length === 0 ? 0 : Infinity)
  const logits = new Float32Array(images.length * k)
  const records: HeldOutImageRecord[] = []
  const names = { ...heldOutLabels(dataSet.increments, options.base, 0), files: images.map(({ file }) => file) }
  const limited = {
    ...dataSet,
    kept: dataSet.kept && withoutFiles(plainRows(dataSet.kept, maxKept, seed)),
    old: dataSet.old && plainRows(dataSet.old, maxOld, seed),
  }
  const total = parts.length * usualSteps
  let done = 0
  const report = () => onProgress?.({ type: 'progress', stage: 'train', done, total, unit: 'steps' })
  report()
  for (const [p, { judged, beside }] of parts.entries()) {
    const rows = [...judged, ...beside].sort((a, b) => a - b)
    const set = buildTrainingSet(trainingTables(limited, pickRows(dataSet.table, rows)))
    imagesOfClasses(set).forEach((count, column) => (pictures[column] = Math.min(pictures[column]!, count)))
    const onStep = () => {
      done = Math.min(done + 1, (p + 1) * usualSteps - 1)
      report()
    }
    const { heldOut } = await jointSoftmax().train(set, { regularisations, seed, signal, onStep })
    done = (p + 1) * usualSteps
    report()
    const own = new Set(judged)
    const isJudged = (row: number) => heldOut.rows.target[row]! >= 0 && own.has(heldOut.rows.file[row]!)
    heldOut.rows.file.forEach((image, row) => {
      if (isJudged(row)) logits.set(heldOut.logits.subarray(row * k, (row + 1) * k), image * k)
    })
    const uneven = { ...heldOut, merged, increment: Int32Array.from(columns, ({ increment }) => increment) }
    const answers = withOffsets(uneven, scarcityOffsets(uneven, imagesOfClasses(set), prior))
    const calibrated = calibrate(answers, names, { prior, maxOldDrop })
    records.push(...calibrated.records.filter((_, row) => isJudged(row)))
  }
  firsts.forEach((first, i) => logits.copyWithin(i * k, first * k, (first + 1) * k))
  return { probabilities: amongAdded(logits, k), records, pictures, isWhole: parts.length < 2 }
}

/** Images that are none of the data set's: the column counts its files. */
function withoutFiles(table: FeatureTable): FeatureTable {
  return { ...table, file: table.file.map(() => -1) }
}

function amongAdded(logits: Float32Array, k: number): Float32Array {
  const probabilities = new Float32Array(logits.length)
  for (let start = 0; start < logits.length; start += k) {
    const own = logits.subarray(start, start + k)
    const total = logSumExp(own)
    own.forEach((logit, column) => (probabilities[start + column] = Math.exp(logit - total)))
  }
  return probabilities
}
