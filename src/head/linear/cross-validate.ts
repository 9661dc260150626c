import type { MatrixProducts } from '../../math/matrix-products.js'
import { createRandom } from '../../math/random.js'
import { compactSubset } from './compact-subset.js'
import { fitHeads, type Fit, type FitContext, type FitOptions, type Point, type Problem } from './fit.js'
import type { Training, TrainingOptions } from '../head-method.js'
import { assignFolds } from '../folds.js'
import { headAt } from './head-at.js'
import { bestScaledLoss } from './held-out-loss.js'
import { pickTrainingRows, type TrainingRows } from '../training-rows.js'
import { rowWeights } from '../row-weights.js'
import { scoreRowsWith } from './score.js'
import { unchanged, type Standardisation } from '../standardise.js'
import type { TrainingBackend } from './types.js'
import { using } from '../using.js'
import type { TrainingSet } from '../training-set.js'

export interface CrossValidationOptions extends TrainingOptions, Pick<FitOptions, 'precision'> {}

/** `regularisation` is ρ of the least held-out loss; held-out logits are the mean over the dealings of the folds. */
export interface CrossValidation extends Omit<Training, 'head'> {
  /** The mean of all folds' heads, on standardised features. */
  readonly point: Point
}

const folds = 5
/**
 * How often images are dealt out to folds. Which others are left out with an image moves its logits by some .7 nats,
 * and with them a guard that goes by the ten likeliest to be lost: by .4 nats where they are dealt once, by .2 where
 * five times (docs/lab-notes.md).
 */
const mostDealings = 5
/** Columns of all dealings together at most: very many classes are dealt once. */
const dealtColumns = 1200
/** Images that take part at most: enough for a quantile of a thousandth. */
const mostImages = 4000
/**
 * Columns that share their evaluations at most: the optimiser's memory grows with them, and beyond so many nothing is
 * gained.
 */
const mostColumns = 100

/**
 * How near their minimum later dealings' heads come, in nats: they set out from heads that are as sure as they will be.
 */
const laterPrecision = 3e-5

/**
 * Chooses ρ over images, and gives every image its held-out logits. Images take part with their plain view alone, in as
 * few coordinates as that takes; folds share their evaluations, as many at once as have no more than `mostColumns`
 * columns together. Of so many classes that not all folds of all ρ do, the first ρ is taken. The first dealing of the
 * folds chooses ρ; later ones set out from its heads.
 *
 * Held-out logits calibrate the final head, so the folds must be near their minimum: heads that stop early are less
 * sure, and a shift taken from them is wrong by nats (docs/lab-notes.md).
 */
export async function crossValidate(
  set: TrainingSet,
  standardisation: Standardisation,
  backend: TrainingBackend,
  products: MatrixProducts,
  { regularisations, seed, dealings = mostDealings, ...options }: CrossValidationOptions,
): Promise<CrossValidation> {
  const { classes } = set
  const candidates = plainRows(set, seed)
  const { set: plain, expand } = await compactSubset(
    set,
    candidates,
    standardisation,
    backend.compact ? products : undefined,
  )
  const affordable = Math.max(1, Math.floor(mostColumns / classes))
  const tried = regularisations.slice(0, Math.max(1, Math.floor(affordable / folds)))
  const { rowLength } = standardisation

  return using(backend.open(plain, unchanged(plain.features.dim, rowLength)), async (evaluator) => {
    const means = { evaluator, products, rowLength }
    const score = (fits: readonly Fit[], fold: Int32Array) =>
      scoreRowsWith(
        products,
        plain.features,
        fits.map(({ point }) => headAt(point, classes)),
        (row) => fold[row]!,
      )

    const fold = assignFolds(plain, folds, seed)
    const problems = tried.flatMap((regularisation) => leavingOut(plain, fold, { regularisation }))
    const fits = await fitInGroups(plain, problems, affordable, means, options)
    const weight = rowWeights(plain)
    const outcomes = await Promise.all(
      tried.map(async (regularisation, r) => {
        const own = fits.slice(r * folds, (r + 1) * folds)
        return { regularisation, own, scores: await score(own, fold) }
      }),
    )
    const first = leastOf(outcomes, (one) => bestScaledLoss(plain, one.scores, weight))
    const { regularisation } = first

    const later = Array.from({ length: dealingsOf(classes, dealings) - 1 }, (_, d) =>
      assignFolds(plain, folds, seed, d + 1),
    )
    const start = later.length === 0 ? undefined : meanPoint(first.own)
    const others = later.flatMap((dealt) => leavingOut(plain, dealt, { regularisation, start }))
    const otherFits = await fitInGroups(plain, others, affordable, means, { precision: laterPrecision, ...options })
    const scores = [first.scores]
    for (const [d, dealt] of later.entries()) {
      scores.push(await score(otherFits.slice(d * folds, (d + 1) * folds), dealt))
    }
    const all = [...first.own, ...otherFits]
    return {
      regularisation,
      heldOut: { rows: pickTrainingRows(set, candidates), logits: meanOf(scores) },
      point: await expand(meanPoint(all)),
      converged: all.every(({ converged }) => converged),
    }
  })
}

function dealingsOf(classes: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(dealtColumns / (folds * classes))))
}

/** A problem for each fold: all rows but its own. */
function leavingOut(set: TrainingRows, fold: Int32Array, problem: Omit<Problem, 'rowWeight'>): Problem[] {
  return Array.from({ length: folds }, (_, f) => ({ ...problem, rowWeight: rowWeights(set, (row) => fold[row] !== f) }))
}

/** Fits problems in step, some at a time, in groups of about one size. */
async function fitInGroups(
  set: TrainingSet,
  problems: readonly Problem[],
  most: number,
  means: FitContext,
  options: FitOptions,
): Promise<Fit[]> {
  if (problems.length === 0) return []
  const size = Math.ceil(problems.length / Math.ceil(problems.length / most))
  const fits: Fit[] = []
  for (let first = 0; first < problems.length; first += size) {
    fits.push(...(await fitHeads(set, problems.slice(first, first + size), means, options)))
  }
  return fits
}

/** The first row of every image, which is its plain view; of very many, a seeded sample with up to half of old ones. */
function plainRows({ image, target }: TrainingRows, seed: number): number[] {
  const rows = Array.from(image.keys()).filter((row) => row === 0 || image[row] !== image[row - 1])
  if (rows.length <= mostImages) return rows
  const shuffled = createRandom(`cross-validation:${seed}`).shuffle([...rows])
  const old = shuffled.filter((row) => target[row]! < 0).slice(0, mostImages / 2)
  const added = shuffled.filter((row) => target[row]! >= 0).slice(0, mostImages - old.length)
  return [...old, ...added].sort((a, b) => a - b)
}

/** The first of the values with the least cost; of one alone, that is not worked out. */
function leastOf<Value>(values: readonly Value[], costOf: (value: Value) => number): Value {
  if (values.length === 1) return values[0]!
  const costs = values.map(costOf)
  return values[costs.indexOf(Math.min(...costs))]!
}

function meanPoint(fits: readonly Fit[]): Point {
  const mean = new Float64Array(fits[0]!.point.length)
  for (const { point } of fits) point.forEach((value, i) => (mean[i]! += value / fits.length))
  return mean
}

function meanOf(lists: readonly Float32Array[]): Float32Array {
  return lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length)
}
