import { noOldTarget } from '../../features/table.js'
import { NpluskError, throwIfAborted } from '../../core/errors.js'
import { lbfgs, type ValueAndGradient, type Minimum } from '../../math/lbfgs.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import type { LossAndGradient, LossEvaluator } from './types.js'
import type { TrainingSet } from '../training-set.js'

/** One head to fit: which rows count how much, and how strongly weights are held back. */
export interface Problem {
  /** [count] 0 leaves a row out. */
  readonly rowWeight: Float32Array
  /** ρ: the penalty ρ/2 ‖V‖² on standardised features. */
  readonly regularisation: number
  /** Where to start. @default no weights, and new classes as likely as old ones */
  readonly start?: Point | undefined
}

/** The parameters of a head on standardised features: V (k × dim), row-major, then c (k). */
export type Point = Float64Array

export interface Fit {
  /** The minimum; a starting point for a like problem. */
  readonly point: Point
  /** Loss plus penalty at the end. */
  readonly loss: number
  readonly evaluations: number
  /** False where the optimiser stopped for having taken very many steps. */
  readonly converged: boolean
}

/** What a fit works with. */
export interface FitContext {
  readonly evaluator: LossEvaluator
  /** For the optimiser's own vectors. */
  readonly products: MatrixProducts
  /** The usual length of a row of standardised features. */
  readonly rowLength: number
}

export interface FitOptions {
  /**
   * δ: how far, in nats, loss plus penalty may lie above their minimum. The penalty makes them ρ-strongly convex but
   * for c, so a gradient g with ‖g‖² ≤ 2ρδ is enough (Boyd & Vandenberghe, Convex Optimization, eq. 9.9); as a rule a
   * tenth of it is left.
   * @default 1e-6
   */
  readonly precision?: number
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (() => void) | undefined
}

/**
 * What the optimiser moves in place of c is c/s, s being this share of a row's usual length: a row counts as long as it
 * is, while the bias multiplies a mere 1, and would be hundreds of steps behind the weights.
 */
const biasShare = 0.2

/**
 * Minimises the joint-softmax loss of every problem with L-BFGS, all in step: one pass over the features serves them
 * all, so a cross-validation costs little more than one fit.
 *
 * @throws NpluskError `BAD_INPUT` where the loss is not finite: then some feature or old logit is not
 */
export async function fitHeads(
  set: TrainingSet,
  problems: readonly Problem[],
  { evaluator, products, rowLength }: FitContext,
  { precision = 1e-6, signal, onStep }: FitOptions = {},
): Promise<Fit[]> {
  const { dim } = set.features
  const k = set.classes
  const biasScale = Math.max(1, biasShare * rowLength)
  const runs = await Promise.all(
    problems.map(async ({ rowWeight, regularisation, start = startingPoint(set) }) => {
      const search = lbfgs(withBias(start, dim * k, 1 / biasScale), products, {
        gradientTolerance: Math.sqrt(2 * regularisation * precision),
      })
      const first = (await search.next()) as IteratorYieldResult<Float64Array>
      return {
        search,
        rowWeight,
        regularisation,
        parameters: first.value,
        gradient: new Float32Array(start.length),
        minimum: undefined as Minimum | undefined,
      }
    }),
  )

  const weights = new Float32Array(runs.length * k * dim)
  const biases = new Float32Array(runs.length * k)
  for (let active = runs; active.length > 0; active = active.filter(({ minimum }) => minimum === undefined)) {
    const weight = weights.subarray(0, active.length * k * dim)
    const bias = biases.subarray(0, active.length * k)
    const rowWeights = interleave(active.map(({ rowWeight }) => rowWeight))
    // Until one of them is done.
    while (active.every(({ minimum }) => minimum === undefined)) {
      throwIfAborted(signal)
      active.forEach(({ parameters }, p) => {
        weight.set(parameters.subarray(0, dim * k), p * dim * k)
        for (let c = 0; c < k; c++) bias[p * k + c] = biasScale * parameters[dim * k + c]!
      })
      const answers = await evaluator.evaluate(weight, bias, rowWeights)
      refuseUnlessFinite(answers.loss)
      await Promise.all(
        active.map(async (run, p) => {
          const next = await run.search.next(toEvaluation(run, answers, p, biasScale))
          if (next.done) run.minimum = next.value
          else run.parameters = next.value
        }),
      )
      onStep?.()
    }
  }

  return runs.map(({ minimum }) => {
    const { x, value: loss, evaluations, converged } = minimum!
    return { point: withBias(x, k * dim, biasScale), loss, evaluations, converged }
  })
}

function refuseUnlessFinite(loss: Float64Array): void {
  if (loss.every(Number.isFinite)) return
  throw new NpluskError(
    'BAD_INPUT',
    'The training loss is not a finite number, as the model gives some training or rehearsal image features or scores that are none; nothing was written. Leave out images that are a single colour, or damaged, and run again.',
  )
}

/**
 * Weights 0, every new class as likely as all old ones together: E_n equals the mean E_o, or 0 where no old class takes
 * part.
 */
function startingPoint({ features, classes, oldLogSumExp }: TrainingSet): Point {
  const start = new Float64Array((features.dim + 1) * classes)
  const meanLogSumExp = oldLogSumExp.reduce((sum, score) => sum + score, 0) / oldLogSumExp.length
  const asLikely = meanLogSumExp > noOldTarget / 2 ? meanLogSumExp - Math.log(classes) : 0
  return start.fill(asLikely, features.dim * classes)
}

/** A copy of which all from `first` on is multiplied. */
function withBias(point: Float64Array, first: number, factor: number): Float64Array {
  const copy = point.slice()
  for (let i = first; i < copy.length; i++) copy[i]! *= factor
  return copy
}

/** Loss and gradient of one of the problems, with its penalty, over [V, c/s]. */
function toEvaluation(
  {
    parameters,
    gradient,
    regularisation,
  }: { readonly parameters: Float64Array; readonly gradient: Float32Array; readonly regularisation: number },
  { loss, weight, bias }: LossAndGradient,
  problem: number,
  biasScale: number,
): ValueAndGradient {
  const k = bias.length / loss.length
  const size = weight.length / loss.length
  const squares = addPenalty(
    gradient,
    weight.subarray(problem * size, (problem + 1) * size),
    parameters,
    regularisation,
  )
  for (let c = 0; c < k; c++) gradient[size + c] = biasScale * bias[problem * k + c]!
  return { value: loss[problem]! + (regularisation / 2) * squares, gradient }
}

/**
 * Writes the slopes of loss plus penalty in V.
 *
 * @returns ‖V‖²
 */
function addPenalty(
  gradient: Float32Array,
  ofLoss: Float32Array,
  parameters: Float64Array,
  regularisation: number,
): number {
  let squares = 0
  for (let i = 0; i < ofLoss.length; i++) {
    const value = parameters[i]!
    gradient[i] = ofLoss[i]! + regularisation * value
    squares += value * value
  }
  return squares
}

function interleave(columns: readonly Float32Array[]): Float32Array {
  const [first] = columns
  if (columns.length === 1) return first!
  const rows = first!.length
  const result = new Float32Array(rows * columns.length)
  columns.forEach((column, p) => column.forEach((value, row) => (result[row * columns.length + p] = value)))
  return result
}
