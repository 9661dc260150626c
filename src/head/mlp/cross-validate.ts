import type { MatrixProducts } from '../../math/matrix-products.js'
import type { Provider } from '../../runtime/session.js'
import { compactSubset } from '../compact-subset.js'
import { dealingsOf, folds, meanOf, rowsToDeal } from '../dealings.js'
import { assignFolds } from '../folds.js'
import type { TrainingOptions } from '../head-method.js'
import { bestLosses, bestScaledLoss, plainLoss } from '../held-out-loss.js'
import { heldOutStep, outcomes } from '../outcomes.js'
import { rowWeights, withoutSingles } from '../row-weights.js'
import { fitScaleShift, scaled, type ScaleShift } from '../scale-shift.js'
import type { StandardisedSet } from '../standardised-set.js'
import type { CurveStep } from '../training-curve.js'
import { pickTrainingRows, type HeldOut } from '../training-rows.js'
import type { TrainingSet } from '../training-set.js'
import { openMlpEvaluator } from './evaluator.js'
import { fitTogether, type MlpState } from './fit-together.js'
import { startingPoint } from './parameters.js'

/** ρ: the penalty ρ/2 ‖·‖² on the weights of both layers, for rows of length 1. */
export const regularisation = 1e-5
/** Numbers of hidden units to choose from. */
const widths = [16, 64]
/** Most evaluations of a fit. */
const mostSteps = 200
/** Dealings of the folds: fewer than for linear heads, as each takes many times as long. */
const mostDealings = 2
/** Evaluations in which held-out loss falls by less than `worthwhile`, in nats, after which a fit is stopped. */
const patience = 60
const worthwhile = 2e-3

export interface MlpCrossValidation {
  readonly width: number
  /** Evaluations after which held-out loss was least. */
  readonly steps: number
  readonly heldOut: HeldOut
  /** See `Training`. */
  readonly heldOutLosses: () => Float64Array
  /** What makes logits of a fitted perceptron's scores. */
  readonly scaleShift: ScaleShift
  readonly curve: readonly CurveStep[]
}

/** A width with the number of steps that suits it. */
interface Stopped {
  readonly width: number
  readonly steps: number
  readonly loss: number
  /** Row-major [count × k], held out. */
  readonly scores: Float32Array
  readonly curve: readonly CurveStep[]
}

/**
 * Chooses width and number of steps by held-out loss, and computes held-out logits for every image, as cross-validation
 * of linear heads does: the first dealing of the folds chooses, later ones stop where it did.
 */
export async function crossValidatePerceptron(
  set: StandardisedSet,
  provider: Provider,
  products: MatrixProducts,
  { seed, signal, onStep, curves = false }: TrainingOptions,
): Promise<MlpCrossValidation> {
  const rows = rowsToDeal(set, seed)
  const { set: plain } = await compactSubset(set, rows, products)
  const weight = rowWeights(plain)
  const judging = withoutSingles(plain, weight)
  // Where no class has two images, there is nothing to stop by.
  const canJudge = judging.some((one, row) => one > 0 && plain.target[row]! >= 0)

  /** Fits the folds of a dealing; `watch` sees the held-out scores after each step, and says whether to stop. */
  async function fitFolds(
    width: number,
    fold: Int32Array,
    most: number,
    watch: (scores: Float32Array, steps: number, states: readonly MlpState[]) => boolean,
  ): Promise<void> {
    await using evaluator = await openMlpEvaluator(plain, width, provider)
    const start = startingPoint(plain, width, seed)
    const problems = Array.from({ length: folds }, (_, f) => ({
      start,
      rowWeight: rowWeights(plain, (row) => fold[row] !== f),
      regularisation,
    }))
    await fitTogether(evaluator, problems, products, {
      most,
      signal,
      onStep: (states, steps) => {
        onStep?.()
        return watch(leftOut(plain, fold, states), steps, states)
      },
    })
  }

  const fold = assignFolds(plain, folds, seed)
  const tried: Stopped[] = []
  for (const width of widths) {
    const curve: CurveStep[] = []
    let best: Omit<Stopped, 'width' | 'curve'> = { steps: 0, loss: Infinity, scores: new Float32Array(0) }
    let mark: { readonly steps: number; readonly loss: number } = best
    await fitFolds(width, fold, mostSteps, (scores, steps, states) => {
      const loss = canJudge ? plainLoss(plain, scores, judging) : 0
      if (loss < best.loss || !canJudge) best = { steps, loss, scores }
      if (loss < mark.loss - worthwhile) mark = { steps, loss }
      if (curves) curve.push(curveStep(plain, scores, weight, states))
      return canJudge && steps - mark.steps >= patience
    })
    tried.push({ width, ...best, loss: bestScaledLoss(plain, best.scores, judging), curve })
  }
  const chosen = tried.reduce((a, b) => (b.loss < a.loss ? b : a))

  const all = [chosen.scores]
  for (let dealing = 1; dealing < Math.min(mostDealings, dealingsOf(set.classes)); dealing++) {
    let last = chosen.scores
    await fitFolds(chosen.width, assignFolds(plain, folds, seed, dealing), chosen.steps, (scores) => {
      last = scores
      return false
    })
    all.push(last)
  }
  const scores = meanOf(all)
  const scaleShift = fitScaleShift(plain, scores, weight, { scale: 1, shift: 0 })
  return {
    width: chosen.width,
    steps: chosen.steps,
    heldOut: { rows: pickTrainingRows(set, rows), logits: scaled(scores, scaleShift) },
    heldOutLosses: () => bestLosses(plain, chosen.scores, weight),
    scaleShift,
    curve: chosen.curve,
  }
}

/** The scores of every row by the perceptron that was fitted without it. */
function leftOut({ classes }: TrainingSet, fold: Int32Array, states: readonly MlpState[]): Float32Array {
  const scores = new Float32Array(fold.length * classes)
  fold.forEach((f, row) => {
    scores.set(states[f]!.scores.subarray(row * classes, (row + 1) * classes), row * classes)
  })
  return scores
}

function curveStep(
  set: TrainingSet,
  scores: Float32Array,
  weight: Float32Array,
  states: readonly MlpState[],
): CurveStep {
  return {
    time: Date.now(),
    loss: states.reduce((sum, { loss }) => sum + loss, 0) / states.length,
    penalty: states.reduce((sum, { penalty }) => sum + penalty, 0) / states.length,
    heldOut: heldOutStep(
      outcomes(set, scores, () => true),
      plainLoss(set, scores, weight),
    ),
  }
}
