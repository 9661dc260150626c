import type { Products } from '../math/products.js'
import { createRandom } from '../math/random.js'
import { compactSubset } from './compact-subset.js'
import { fitHeads, type Fit, type FitMeans, type FitOptions, type Point, type Problem } from './fit.js'
import { assignFolds } from './folds.js'
import { headAt } from './head-at.js'
import { bestScaledLoss } from './held-out-loss.js'
import { pickRows } from './pick-rows.js'
import { rowWeights } from './row-weights.js'
import { scoreRowsWith } from './score.js'
import { unchanged } from './standardise.js'
import type { Standardisation, TrainingBackend, TrainingRows, TrainingSet } from './types.js'
import { using } from './using.js'

export interface CrossValidationOptions extends FitOptions {
  /** Values of ρ to choose among, the likeliest first: of many classes, fewer are tried. */
  readonly regularisations: readonly number[]
  readonly seed: number
}

export interface CrossValidation {
  /** ρ of the least held-out loss. */
  readonly regularisation: number
  /** The held-out images: rows of the training set, one for each image, its plain view. */
  readonly rows: readonly number[]
  /** What is known of these rows. */
  readonly heldOutRows: TrainingRows
  /** Row-major [rows × k]: their logits from a head fitted without any view of their image. Figures and calibration come from these. */
  readonly heldOut: Float32Array
  /** The mean of the folds' heads, on standardised features. */
  readonly point: Point
  /** Whether all folds' heads got to their minimum. */
  readonly converged: boolean
}

const folds = 5
/** Images that take part at most: enough for a quantile of a thousandth. */
const mostImages = 4000
/** Columns that share their evaluations at most: the optimiser's memory grows with them, and beyond so many nothing is gained. */
const mostColumns = 100

/**
 * Chooses ρ over images, and gives every image its held-out logits. Images take part with their plain view alone, in as few coordinates
 * as that takes; folds share their evaluations, as many at once as have no more than `mostColumns` columns together. Of so many classes that
 * not all folds of all ρ do, the first ρ is taken.
 *
 * Held-out logits calibrate the final head, so the folds must be near their minimum: heads that stop early are less sure, and a shift
 * taken from them is wrong by nats (docs/results.md).
 */
export async function crossValidate(
  set: TrainingSet,
  standardisation: Standardisation,
  backend: TrainingBackend,
  products: Products,
  { regularisations, seed, ...options }: CrossValidationOptions,
): Promise<CrossValidation> {
  const candidates = plainRows(set, seed)
  const { set: plain, expand } = await compactSubset(set, candidates, standardisation, backend.compact ? products : undefined) // prettier-ignore
  const affordable = Math.max(1, Math.floor(mostColumns / set.classes))
  const tried = regularisations.slice(0, Math.max(1, Math.floor(affordable / folds)))
  const fold = assignFolds(plain, folds, seed)

  const problems = tried.flatMap((regularisation) =>
    Array.from({ length: folds }, (_, f) => ({
      regularisation,
      rowWeight: rowWeights(plain, (row) => fold[row] !== f),
    })),
  )
  const { rowLength } = standardisation
  const fits = await using(backend.open(plain, unchanged(plain.features.dim, rowLength)), (evaluator) =>
    fitInGroups(plain, problems, affordable, { evaluator, products, rowLength }, options),
  )

  const weight = rowWeights(plain)
  const outcomes = await Promise.all(
    tried.map(async (regularisation, r) => {
      const own = fits.slice(r * folds, (r + 1) * folds)
      const heads = own.map(({ point }) => headAt(point, set.classes))
      const heldOut = await scoreRowsWith(products, plain.features, heads, (row) => fold[row]!)
      return { regularisation, own, heldOut }
    }),
  )
  const { regularisation, own, heldOut } = leastOf(outcomes, (one) => bestScaledLoss(plain, one.heldOut, weight))
  return {
    regularisation,
    rows: candidates,
    heldOutRows: pickRows(set, candidates),
    heldOut,
    point: await expand(meanPoint(own)),
    converged: own.every(({ converged }) => converged),
  }
}

/** Fits problems in step, some at a time, in groups of about one size. */
async function fitInGroups(
  set: TrainingSet,
  problems: readonly Problem[],
  most: number,
  means: FitMeans,
  options: FitOptions,
): Promise<Fit[]> {
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
