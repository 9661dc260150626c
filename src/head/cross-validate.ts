import { createRandom } from '../math/random.js'
import { fitHeads, type Fit, type FitOptions } from './fit.js'
import { assignFolds } from './folds.js'
import { bestScaledLoss } from './held-out-loss.js'
import { rowWeights } from './row-weights.js'
import { scoreRows } from './score.js'
import { standardise } from './standardise.js'
import { subset } from './subset.js'
import type { LossEvaluator, TrainingSet } from './types.js'

export interface TrainingOptions extends FitOptions {
  /** Values of ρ to choose among, the likeliest first: of many classes, fewer are tried. */
  readonly regularisations: readonly number[]
  readonly seed: number
}

export interface Training {
  /** Fitted to every row. */
  readonly fit: Fit
  readonly regularisation: number
  /** Held-out loss of every ρ tried, at its best scale and shift. */
  readonly heldOutLoss: readonly number[]
  /** The held-out images: rows of the training set, one for each image, its plain view. */
  readonly rows: readonly number[]
  /** The same rows as a set of their own. */
  readonly heldOutSet: TrainingSet
  /** Row-major [rows × k]: their logits from a head fitted without any view of their image. Figures and calibration come from these. */
  readonly heldOut: Float32Array
}

const folds = 5
/** Images that take part in the cross-validation at most: enough for a quantile of a thousandth. */
const mostImages = 4000
/**
 * How far every fit goes. Held-out logits calibrate the final head, so the folds must be as near to their minimum as it is: heads that
 * stop early are less sure, and a shift taken from them is wrong by nats (docs/results.md).
 */
const tolerances = { gradientTolerance: 1e-6, valueTolerance: 1e-7 }
/** Columns that the shared evaluations of the cross-validation have at most, folds × ρ × k: their cost grows with it. */
const mostColumns = 100

/**
 * Fits the parallel head, chooses ρ by cross-validation over images and gives every image its held-out logits. All folds and all ρ are
 * fitted in one pass of shared evaluations; the fit to everything starts from the mean of the folds' heads.
 *
 * @param open opens an evaluator for a training set; closed again in here
 */
export async function train(
  set: TrainingSet,
  open: (set: TrainingSet) => Promise<LossEvaluator>,
  options: TrainingOptions,
): Promise<Training> {
  const { seed } = options
  const all = rowWeights(set)
  const standardisation = await standardise(set.features, all)
  const affordable = Math.max(1, Math.floor(mostColumns / set.classes))
  const foldsUsed = Math.min(folds, affordable)
  const regularisations = options.regularisations.slice(0, Math.max(1, Math.floor(affordable / foldsUsed)))

  const candidates = await subset(set, plainRows(set, seed))
  const fold = assignFolds(candidates, folds, seed)
  const problems = regularisations.flatMap((regularisation) =>
    Array.from({ length: foldsUsed }, (_, f) => ({
      regularisation,
      rowWeight: rowWeights(candidates, (row) => fold[row] !== f),
    })),
  )
  const fits = await using(open(candidates), (evaluator) =>
    fitHeads(candidates, problems, standardisation, evaluator, { ...tolerances, ...options }),
  )

  const heldOutRows = Array.from(fold.keys()).filter((row) => fold[row]! < foldsUsed)
  const heldOutSet = await subset(candidates, heldOutRows)
  const weight = rowWeights(heldOutSet)
  const tried = await Promise.all(
    regularisations.map(async (regularisation, r) => {
      const own = fits.slice(r * foldsUsed, (r + 1) * foldsUsed)
      const scores = await scoreRows(
        heldOutSet.features,
        own.map(({ head }) => head),
        (row) => fold[heldOutRows[row]!]!,
      )
      return { regularisation, own, scores, loss: bestScaledLoss(heldOutSet, scores, weight) }
    }),
  )
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a))
  const { regularisation, own, scores: heldOut } = best
  const start = meanPoint(own)
  const [fit] = await using(open(set), (evaluator) =>
    fitHeads(set, [{ rowWeight: all, regularisation }], standardisation, evaluator, {
      ...tolerances,
      ...options,
      start,
    }),
  )
  const rows = heldOutRows.map((row) => candidates.rows[row]!)
  return { fit: fit!, regularisation, heldOutLoss: tried.map(({ loss }) => loss), rows, heldOutSet, heldOut }
}

/** The first row of every image, which is its plain view; of very many, a seeded sample with up to half of old ones. */
function plainRows({ image, target }: TrainingSet, seed: number): number[] {
  const rows = Array.from(image.keys()).filter((row) => row === 0 || image[row] !== image[row - 1])
  if (rows.length <= mostImages) return rows
  const shuffled = createRandom(`cross-validation:${seed}`).shuffle([...rows])
  const old = shuffled.filter((row) => target[row]! < 0).slice(0, mostImages / 2)
  const added = shuffled.filter((row) => target[row]! >= 0).slice(0, mostImages - old.length)
  return [...old, ...added].sort((a, b) => a - b)
}

function meanPoint(fits: readonly Fit[]): Float64Array {
  const mean = new Float64Array(fits[0]!.point.length)
  for (const { point } of fits) point.forEach((value, i) => (mean[i]! += value / fits.length))
  return mean
}

async function using<T>(opening: Promise<LossEvaluator>, work: (evaluator: LossEvaluator) => Promise<T>): Promise<T> {
  const evaluator = await opening
  try {
    return await work(evaluator)
  } finally {
    await evaluator.close()
  }
}
