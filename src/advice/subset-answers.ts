import { baseIncrement, type Label } from '../bundle/manifest.js'
import { chooseShift, type ShiftOptions } from '../calibration/choose-shift.js'
import type { HeldOutAnswers, MergedColumns } from '../calibration/held-out-answers.js'
import { heldOutRecords, type HeldOutNames } from '../calibration/held-out-records.js'
import { scarcityOffsets, withOffsets } from '../calibration/scarcity.js'
import type { CallOptions } from '../core/progress.js'
import { mean } from '../evaluation/metrics.js'
import { folds } from '../head/dealings.js'
import { assignFolds } from '../head/folds.js'
import { compactSubset } from '../head/compact-subset.js'
import type { Problem } from '../head/linear/fit.js'
import { fitInGroups, scoreLeftOut } from '../head/linear/fold-fits.js'
import { ortBackend } from '../head/linear/ort-backend.js'
import { openMatrixProducts } from '../head/ort-matrix-products.js'
import { rowWeights } from '../head/row-weights.js'
import { standardiseSet } from '../head/standardised-set.js'
import { imagesOfClasses } from '../head/training-rows.js'
import type { TrainingSet } from '../head/training-set.js'
import { createRandom } from '../math/random.js'

/** Precision of a fit, in nats: every size is calibrated with its own heads, so that a little unsureness is common. */
const precision = 3e-5

export interface SubsetOptions extends ShiftOptions, CallOptions {
  /** Shares of the training part of a split, ascending, in (0, 1]. */
  readonly shares: readonly number[]
  /** Which of the set's new images the answers are about; others are trained with at every share, as old ones are. */
  readonly isAsked: (row: number) => boolean
  /** How often images are dealt to folds, and subsets drawn. */
  readonly draws: number
  readonly seed: number
  readonly regularisation: number
  readonly merged: MergedColumns
  readonly onStep?: (() => void) | undefined
}

/** Held-out answers of heads that were trained on subsets. */
export interface SubsetAnswers {
  /** Number of new images that were asked about. */
  readonly count: number
  /** Mean number of these that are trained on, by share. */
  readonly images: readonly number[]
  /** By draw and share: [count] 1 where the image is answered rightly among all N + k classes. */
  readonly right: readonly (readonly Uint8Array[])[]
}

/**
 * Trains heads on nested subsets of a set's new images, beside all old ones, and lets them answer the images that were
 * held out: every image once a draw and share. A draw deals the folds, and orders the images outside of each fold; a
 * share is the beginning of each class's order. The answers are those of `evaluate`: of the larger of old and new
 * logits, after the shift that calibration chooses on the same held-out images.
 *
 * All fits are problems on one set of coordinates, that of all rows; see `compact-subset.ts`.
 *
 * @param set one row an image
 */
export async function subsetAnswers(set: TrainingSet, options: SubsetOptions): Promise<SubsetAnswers> {
  const { shares, draws, seed, regularisation, merged, isAsked } = options
  const { classes } = set
  const rows = Array.from(set.target.keys())
  await using products = await openMatrixProducts()
  const { set: plain } = await compactSubset(await standardiseSet(set), rows, products)
  await using evaluator = await ortBackend().open(plain)
  const context = { evaluator, products }

  const dealings = Array.from({ length: draws }, (_, draw) => assignFolds(plain, folds, seed, draw))
  const subsets = dealings.map((fold, draw) =>
    shares.map((share) => subsetOf(plain, fold, { share, draw, seed, isAsked })),
  )
  const problems: Problem[] = subsets.flat(2).map((rowWeight) => ({ rowWeight, regularisation }))
  const { signal, onStep } = options
  const fits = await fitInGroups(plain, problems, context, { precision, signal, onStep })

  const right: Uint8Array[][] = []
  for (const [draw, fold] of dealings.entries()) {
    const ofDraw: Uint8Array[] = []
    for (const place of shares.keys()) {
      const first = (draw * shares.length + place) * folds
      const logits = await scoreLeftOut(products, plain, fits.slice(first, first + folds), fold)
      const answers = { rows: plain, logits, merged, increment: new Int32Array(classes) }
      ofDraw.push(rightOf(answers, shares[place]!, options))
    }
    right.push(ofDraw)
  }
  const images = shares.map((_, place) =>
    mean(
      subsets.flatMap((ofDraw) => ofDraw[place]!.map((one) => one.filter((w, row) => w > 0 && isAsked(row)).length)),
    ),
  )
  return { count: right[0]![0]!.length, images, right }
}

/** [images asked about] 1 where the answer is right. */
function rightOf(uneven: HeldOutAnswers, share: number, { isAsked, ...limits }: SubsetOptions): Uint8Array {
  const images = imagesOfClasses(uneven.rows)
  uneven.rows.target.forEach((label, row) => {
    if (isAsked(row)) images[label]! -= 1 - share
  })
  const answers = withOffsets(uneven, scarcityOffsets(uneven, images, limits.prior))
  const { records } = heldOutRecords(answers, chooseShift(answers, limits), namesOf(answers))
  return Uint8Array.from(
    records.filter((_, row) => isAsked(row)),
    ({ error }) => (error === null ? 1 : 0),
  )
}

/** Labels that are numbers alone: nobody reads them. */
function namesOf({ rows, merged }: HeldOutAnswers): HeldOutNames {
  const named = (index: number, increment: string): Label => ({ index, label: String(index), increment })
  const largest = [rows.oldClass, rows.label, [...merged.values()]].flatMap((classes) => [...classes])
  const count = 1 + largest.reduce((most, one) => Math.max(most, one), 0)
  const old = Array.from({ length: count }, (_, index) => named(index, baseIncrement))
  const added = Array.from({ length: rows.classes }, (_, column) => {
    const base = merged.get(column)
    return base === undefined ? named(count + column, 'added') : old[base]!
  })
  return { old, added, files: [] }
}

/** The rows' weights for every fold: the images outside of the fold, and a share of those that are asked about. */
function subsetOf(
  set: TrainingSet,
  fold: Int32Array,
  { share, draw, seed, isAsked }: Pick<SubsetOptions, 'seed' | 'isAsked'> & { share: number; draw: number },
): Float32Array[] {
  return Array.from({ length: folds }, (_, f) => {
    const included = new Set<number>()
    const ofClass = new Map<number, number[]>()
    set.target.forEach((label, row) => {
      if (fold[row] === f) return
      const own = ofClass.get(label)
      if (!isAsked(row)) included.add(row)
      else if (own) own.push(row)
      else ofClass.set(label, [row])
    })
    for (const [label, own] of ofClass) {
      const order = createRandom(`subset:${seed}:${draw}:${f}:${label}`).shuffle([...own])
      order.slice(0, Math.max(1, Math.round(share * own.length))).forEach((row) => included.add(row))
    }
    return rowWeights(set, (row) => included.has(row))
  })
}
