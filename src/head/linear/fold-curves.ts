import type { MatrixProducts } from '../../math/matrix-products.js'
import { rowWeights } from '../row-weights.js'
import type { CurveStep, TrainingCurve } from '../training-curve.js'
import type { TrainingSet } from '../training-set.js'
import type { FitStep } from './fit.js'
import { plainLoss } from '../held-out-loss.js'
import { heldOutStep, outcomes, type Outcomes } from '../outcomes.js'
import { scoreSet } from './score.js'

/** Where one fold's head has come to. */
interface FoldStep extends Pick<CurveStep, 'time' | 'loss' | 'penalty'> {
  readonly heldOutLoss: number
  readonly outcomes: Outcomes
}

export interface Dealing {
  readonly fold: Int32Array
  readonly folds: number
  readonly logitsOf: (scores: Float32Array, rowWeight: Float32Array) => Float32Array
}

/** Follows the folds of cross-validation while they are fitted, and asks their heads about the images left out. */
export class FoldCurves {
  readonly #steps: FoldStep[][]
  readonly #weight: Float32Array

  /**
   * @param dealing `fold`: [count] the fold of every row; `logitsOf` makes logits of scores, by rows of some weights
   * @param regularisations problems count through the folds of the first of these, then through those of the next
   */
  constructor(
    private readonly set: TrainingSet,
    private readonly dealing: Dealing,
    private readonly regularisations: readonly number[],
    private readonly products: MatrixProducts,
  ) {
    this.#steps = Array.from({ length: dealing.folds * regularisations.length }, () => [])
    this.#weight = rowWeights(set)
  }

  async add(steps: readonly FitStep[]): Promise<void> {
    const byRegularisation = this.regularisations.map((_, r) =>
      steps.filter(({ problem }) => Math.floor(problem / this.dealing.folds) === r),
    )
    for (const part of byRegularisation) if (part.length > 0) await this.#ask(part)
  }

  curves(): TrainingCurve[] {
    return this.regularisations.map((regularisation, r) => {
      const { folds } = this.dealing
      const own = this.#steps.slice(r * folds, (r + 1) * folds)
      const length = Math.max(...own.map((steps) => steps.length))
      // A fold that has come to its end stays there.
      const steps = Array.from({ length }, (_, i) => meanStep(own.map((one) => one[Math.min(i, one.length - 1)]!)))
      return { images: 'folds', regularisation, steps }
    })
  }

  /** @param steps of different folds */
  async #ask(steps: readonly FitStep[]): Promise<void> {
    const { set, products } = this
    const { fold, folds, logitsOf } = this.dealing
    const headOfFold = new Map(steps.map(({ problem }, head) => [problem % folds, head]))
    const points = steps.map(({ point }) => point())
    const raw = await scoreSet(products, set, points, (row) => headOfFold.get(fold[row]!) ?? 0)
    const asked = this.#weight.map((one, row) => (headOfFold.has(fold[row]!) ? one : 0))
    const scores = logitsOf(raw, asked)
    const time = Date.now()
    for (const { problem, loss, penalty } of steps) {
      const isLeftOut = (row: number) => fold[row] === problem % folds
      const weight = this.#weight.map((one, row) => (isLeftOut(row) ? one : 0))
      this.#steps[problem]!.push({
        time,
        loss,
        penalty,
        heldOutLoss: plainLoss(set, scores, weight),
        outcomes: outcomes(set, scores, isLeftOut),
      })
    }
  }
}

function meanStep(folds: readonly FoldStep[]): CurveStep {
  const sum = (valueOf: (step: FoldStep) => number) => folds.reduce((total, step) => total + valueOf(step), 0)
  const all = {
    added: sum((step) => step.outcomes.added),
    right: sum((step) => step.outcomes.right),
    misses: sum((step) => step.outcomes.misses),
    old: sum((step) => step.outcomes.old),
    leaks: sum((step) => step.outcomes.leaks),
  }
  return {
    time: Math.max(...folds.map(({ time }) => time)),
    loss: sum(({ loss }) => loss) / folds.length,
    penalty: sum(({ penalty }) => penalty) / folds.length,
    heldOut: heldOutStep(
      all,
      sum((step) => step.heldOutLoss),
    ),
  }
}
