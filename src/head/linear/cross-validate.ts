import type { MatrixProducts } from '../../math/matrix-products.js'
import { compactSubset } from '../compact-subset.js'
import { dealingsOf, folds, meanOf, rowsToDeal } from '../dealings.js'
import { FoldCurves } from './fold-curves.js'
import type { Fit, FitOptions } from './fit.js'
import { fitInGroups, leavingOut, maxColumns, scoreLeftOut } from './fold-fits.js'
import type { Training, TrainingOptions } from '../head-method.js'
import { assignFolds } from '../folds.js'
import { bestLosses, bestScaledLoss } from '../held-out-loss.js'
import { pickTrainingRows } from '../training-rows.js'
import { rowWeights } from '../row-weights.js'
import { scaled, type ScaleShift } from '../scale-shift.js'
import { pointOfBias, type Point } from '../point.js'
import type { StandardisedSet } from '../standardised-set.js'
import type { TrainingBackend } from './types.js'

export interface CrossValidationOptions extends TrainingOptions, Pick<FitOptions, 'precision'> {}

/**
 * `regularisation` is the ρ with the least held-out loss; held-out logits are the mean over all dealings of the folds.
 */
export interface CrossValidation extends Omit<Training, 'heads'> {
  /** What makes logits of the scores of a loss that is not the joint softmax. */
  readonly scaleShift: ScaleShift | undefined
  /** The mean of all folds' heads, on standardised features. */
  readonly point: Point
}

/** Precision of later dealings' heads, in nats: they start from heads whose confidence is final already. */
const laterPrecision = 3e-5

/**
 * Chooses ρ and computes held-out logits for every image. Images take part with their plain view only, in as few
 * coordinates as that takes. Folds are fitted together, as many at once as have at most `maxColumns` columns. With so
 * many classes that the folds of all ρ do not fit into one group, only the first ρ are tried. The first dealing of the
 * folds chooses ρ; later ones start from its heads.
 *
 * Held-out logits calibrate the final head, so the folds must be close to their minimum: heads that stop early are less
 * confident, and a shift derived from them is wrong by nats (docs/lab-notes.md).
 */
export async function crossValidate(
  set: StandardisedSet,
  backend: TrainingBackend,
  products: MatrixProducts,
  { regularisations, seed, ...options }: CrossValidationOptions,
): Promise<CrossValidation> {
  const { classes } = set
  const candidates = rowsToDeal(set, seed)
  const { set: plain, expand } = await compactSubset(set, candidates, backend.compact ? products : undefined)
  const affordable = Math.max(1, Math.floor(maxColumns / classes))
  const tried = regularisations.slice(0, Math.max(1, Math.floor(affordable / folds)))
  const { loss } = backend
  const weight = rowWeights(plain)
  const logitsOf = (scores: Float32Array, rowWeight = weight) =>
    loss ? scaled(scores, loss.calibrate(plain, scores, rowWeight)) : scores

  await using evaluator = await backend.open(plain)
  const context = { evaluator, products }
  const score = (fits: readonly Fit[], fold: Int32Array) => scoreLeftOut(products, plain, fits, fold)

  const fold = assignFolds(plain, folds, seed)
  const zero = loss && pointOfBias(plain.groups, loss.startingBias)
  const problems = tried.flatMap((regularisation) => leavingOut(plain, fold, { regularisation, start: zero }))
  const watched = options.curves ? new FoldCurves(plain, { fold, folds, logitsOf }, tried, products) : undefined
  const onStep: FitOptions['onStep'] = async (steps) => {
    await watched?.add(steps)
    options.onStep?.()
  }
  const fits = await fitInGroups(plain, problems, context, { ...options, onStep })
  const outcomes = await Promise.all(
    tried.map(async (regularisation, r) => {
      const own = fits.slice(r * folds, (r + 1) * folds)
      return { regularisation, own, scores: await score(own, fold) }
    }),
  )
  const lossOf = ({ scores }: { readonly scores: Float32Array }) => bestScaledLoss(plain, logitsOf(scores), weight)
  // The loss of a single one is not computed.
  const costs = outcomes.length === 1 ? [] : outcomes.map(lossOf)
  const first = outcomes[costs.indexOf(Math.min(...costs))] ?? outcomes[0]!
  const { regularisation } = first

  const later = Array.from({ length: dealingsOf(classes) - 1 }, (_, d) => assignFolds(plain, folds, seed, d + 1))
  const start = later.length === 0 ? undefined : meanPoint(first.own)
  const others = later.flatMap((dealt) => leavingOut(plain, dealt, { regularisation, start }))
  const otherFits = await fitInGroups(plain, others, context, { precision: laterPrecision, ...options })
  const scores = [first.scores]
  for (const [d, dealt] of later.entries()) {
    scores.push(await score(otherFits.slice(d * folds, (d + 1) * folds), dealt))
  }
  const all = [...first.own, ...otherFits]
  const mean = meanOf(scores)
  const scaleShift = loss?.calibrate(plain, mean, weight)
  return {
    regularisation,
    tried: costs.map((loss, i) => ({ regularisation: outcomes[i]!.regularisation, loss })),
    heldOut: { rows: pickTrainingRows(set, candidates), logits: scaleShift ? scaled(mean, scaleShift) : mean },
    heldOutLosses: () => bestLosses(plain, logitsOf(first.scores), weight),
    scaleShift,
    point: await expand(meanPoint(all)),
    converged: all.every(({ converged }) => converged),
    curves: watched?.curves() ?? [],
  }
}

function meanPoint(fits: readonly Fit[]): Point {
  const mean = new Float64Array(fits[0]!.point.length)
  for (const { point } of fits) point.forEach((value, i) => (mean[i]! += value / fits.length))
  return mean
}
