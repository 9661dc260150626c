import type { LbfgsOptions } from '../math/lbfgs.js'
import { logAddExp, logSumExp } from '../math/softmax.js'
import { fitHeads, type Fit, type Problem } from './fit.js'
import { assignFolds } from './folds.js'
import { rowWeights } from './row-weights.js'
import { scoreRows } from './score.js'
import { standardise } from './standardise.js'
import type { LossEvaluator, TrainingSet } from './types.js'

export interface TrainingOptions extends LbfgsOptions {
  /** Values of ρ to choose among; the first one is taken where there is nothing to choose by. */
  readonly regularisations: readonly number[]
  /** Parts of the cross-validation; a class of fewer images leaves some parts without it. */
  readonly folds: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (step: number) => void
}

export interface Training {
  /** Fitted to every row. */
  readonly fit: Fit
  readonly regularisation: number
  /** Held-out loss of every ρ tried. */
  readonly heldOutLoss: readonly number[]
  /**
   * Row-major [count × k]: the logits every row gets from a head fitted without any view of its image. Figures and
   * calibration come from these.
   */
  readonly heldOut: Float32Array
}

/**
 * Fits the parallel head, chooses ρ by cross-validation and gives every row its held-out logits, all in one pass of shared
 * evaluations: folds × ρ problems, then the fit to everything with the ρ that did best on rows it had not seen.
 */
export async function train(set: TrainingSet, evaluator: LossEvaluator, options: TrainingOptions): Promise<Training> {
  const { regularisations, folds, seed } = options
  const fold = assignFolds(set, folds, seed)
  const all = rowWeights(set)
  const standardisation = await standardise(set.features, all)
  const foldWeights = Array.from({ length: folds }, (_, f) => rowWeights(set, (row) => fold[row] !== f))
  const problems: Problem[] = regularisations.flatMap((regularisation) =>
    foldWeights.map((rowWeight) => ({ rowWeight, regularisation })),
  )
  const fits = await fitHeads(set, problems, standardisation, evaluator, options)

  const heldOutOf: Float32Array[] = []
  for (let r = 0; r < regularisations.length; r++) {
    const heads = fits.slice(r * folds, (r + 1) * folds).map(({ head }) => head)
    heldOutOf.push(await scoreRows(set.features, heads, (row) => fold[row]!))
  }
  const heldOutLoss = heldOutOf.map((scores) => weightedLoss(set, scores, all))
  const best = heldOutLoss.indexOf(Math.min(...heldOutLoss))
  const regularisation = regularisations[best]!
  const [fit] = await fitHeads(set, [{ rowWeight: all, regularisation }], standardisation, evaluator, options)
  return { fit: fit!, regularisation, heldOutLoss, heldOut: heldOutOf[best]! }
}

/** The training objective without its penalty, in float64, of given logits. */
export function weightedLoss({ classes, oldScore, oldTarget, target }: TrainingSet, scores: Float32Array, rowWeight: Float32Array): number {
  let loss = 0
  for (let row = 0; row < oldScore.length; row++) {
    const all = logAddExp(oldScore[row]!, logSumExp(scores, row * classes, classes))
    const label = target[row]!
    const right = label < 0 ? oldTarget[row]! : logAddExp(oldTarget[row]!, scores[row * classes + label]!)
    loss += rowWeight[row]! * (all - right)
  }
  return loss
}
