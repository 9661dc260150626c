import type { Products } from '../math/products.js'
import { createRandom } from '../math/random.js'
import { compactSubset } from './compact-subset.js'
import { fitHeads, type Fit, type FitOptions, type Point } from './fit.js'
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
}

const folds = 5
/** Images that take part at most: enough for a quantile of a thousandth. */
const mostImages = 4000
/** Columns that the shared evaluations have at most, folds × ρ × k: their cost grows with it. */
const mostColumns = 90

/**
 * Chooses ρ over images, and gives every image its held-out logits. Images take part with their plain view alone, in as few coordinates
 * as that takes; all folds and all ρ share their evaluations.
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
  const foldsUsed = Math.min(folds, affordable)
  const tried = regularisations.slice(0, Math.max(1, Math.floor(affordable / foldsUsed)))
  const fold = assignFolds(plain, folds, seed)

  const problems = tried.flatMap((regularisation) =>
    Array.from({ length: foldsUsed }, (_, f) => ({
      regularisation,
      rowWeight: rowWeights(plain, (row) => fold[row] !== f),
    })),
  )
  const { rowLength } = standardisation
  const fits = await using(backend.open(plain, unchanged(plain.features.dim, rowLength)), (evaluator) =>
    fitHeads(plain, problems, { evaluator, products, rowLength }, options),
  )

  const heldOutPlaces = Array.from(fold.keys()).filter((row) => fold[row]! < foldsUsed)
  const heldOutRows = pickRows(plain, heldOutPlaces)
  const weight = rowWeights(heldOutRows)
  const outcomes = await Promise.all(
    tried.map(async (regularisation, r) => {
      const own = fits.slice(r * foldsUsed, (r + 1) * foldsUsed)
      const heads = own.map(({ point }) => headAt(point, set.classes))
      const all = await scoreRowsWith(products, plain.features, heads, (row) => fold[row]! % foldsUsed)
      const heldOut = pickScores(all, heldOutPlaces, set.classes)
      return { regularisation, own, heldOut }
    }),
  )
  const { regularisation, own, heldOut } = leastOf(outcomes, (one) => bestScaledLoss(heldOutRows, one.heldOut, weight))
  return {
    regularisation,
    rows: heldOutPlaces.map((place) => candidates[place]!),
    heldOutRows,
    heldOut,
    point: await expand(meanPoint(own)),
  }
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

function pickScores(scores: Float32Array, rows: readonly number[], k: number): Float32Array {
  const picked = new Float32Array(rows.length * k)
  rows.forEach((row, i) => picked.set(scores.subarray(row * k, (row + 1) * k), i * k))
  return picked
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
