import { throwIfAborted } from '../../core/errors.js'
import { lbfgs } from '../../math/lbfgs.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { refuseUnlessFinite } from '../linear/fit.js'
import type { MlpEvaluator } from './evaluator.js'

/** One perceptron to fit. */
export interface MlpProblem {
  readonly start: Float64Array
  /** [count] 0 leaves a row out. */
  readonly rowWeight: Float32Array
  /** ρ: the penalty ρ/2 ‖·‖² on the weights of both layers. */
  readonly regularisation: number
}

export interface FitTogetherOptions {
  /** Most evaluations of loss and gradient. */
  readonly most: number
  readonly signal?: AbortSignal | undefined
  /**
   * Told after each evaluation where each problem has come to, and the number of evaluations.
   *
   * @returns whether to stop
   */
  readonly onStep: (states: readonly MlpState[], evaluations: number) => boolean
}

/** Where the search for one perceptron is. */
export interface MlpState {
  /** Mean loss of the images trained on, in nats, without penalty. */
  readonly loss: number
  readonly penalty: number
  /** Row-major [count × k]: its logits of every row, those of weight 0 too. */
  readonly scores: Float32Array
  readonly point: Float64Array
}

/**
 * Lowers loss and penalty of several perceptrons by L-BFGS, all in step, until it is told to stop: they would learn
 * their training images by heart.
 *
 * @returns where each has come to
 * @throws NpluskError `BAD_INPUT` when the loss is not finite; `ABORTED`
 */
export async function fitTogether(
  evaluator: MlpEvaluator,
  problems: readonly MlpProblem[],
  products: MatrixProducts,
  { most, signal, onStep }: FitTogetherOptions,
): Promise<MlpState[]> {
  const runs = await Promise.all(
    problems.map(async ({ start }) => {
      const search = lbfgs(start, products, { maxEvaluations: most })
      return { search, next: await search.next(), best: undefined as MlpState | undefined }
    }),
  )
  const best = () => runs.map((run) => run.best!)
  for (let evaluations = 1; evaluations <= most; evaluations++) {
    throwIfAborted(signal)
    const active = runs.flatMap((run, p) => (run.next.done ? [] : [{ run, point: run.next.value, ...problems[p]! }]))
    if (active.length === 0) break
    const answers = await evaluator.evaluate(
      active.map(({ point }) => point),
      active.map(({ rowWeight }) => rowWeight),
    )
    refuseUnlessFinite(Float64Array.from(answers, ({ loss }) => loss))
    const values = active.map(({ run, point, regularisation }, i) => {
      const { loss, gradient, scores } = answers[i]!
      const penalty = addPenalty(gradient, point, evaluator.isWeight, regularisation)
      const value = loss + penalty
      // A larger one is a step that the search takes back.
      if (run.best === undefined || value < run.best.loss + run.best.penalty) {
        run.best = { loss, penalty, scores, point: point.slice() }
      }
      return { value, gradient }
    })
    if (onStep(best(), evaluations)) break
    await Promise.all(
      active.map(async ({ run }, i) => {
        run.next = await run.search.next(values[i]!)
      }),
    )
  }
  return best()
}

/**
 * Adds the gradient of the penalty, which biases do not pay.
 *
 * @returns the penalty
 */
function addPenalty(
  gradient: Float32Array,
  point: Float64Array,
  isWeight: (place: number) => boolean,
  regularisation: number,
): number {
  let squares = 0
  for (let i = 0; i < point.length; i++) {
    if (!isWeight(i)) continue
    gradient[i]! += regularisation * point[i]!
    squares += point[i]! ** 2
  }
  return (regularisation / 2) * squares
}
