import { noOldTarget } from '../bottleneck/table.js'
import { throwIfAborted } from '../core/errors.js'
import { lbfgs, type Evaluation, type Minimum } from '../math/lbfgs.js'
import type { Products } from '../math/products.js'
import type { Standardisation } from './standardise.js'
import { transposed } from '../math/transpose.js'
import type { Head, LossAndGradient, LossEvaluator, TrainingSet } from './types.js'

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
  readonly head: Head
  /** The minimum; a starting point for a like problem. */
  readonly point: Point
  /** Loss plus penalty at the end. */
  readonly loss: number
  readonly evaluations: number
}

/** What a fit works with. */
export interface FitMeans {
  readonly standardisation: Standardisation
  readonly evaluator: LossEvaluator
  /** For the optimiser's own vectors. */
  readonly products: Products
}

export interface FitOptions {
  /**
   * δ: how far, in nats, loss plus penalty may lie above their minimum. The penalty makes them ρ-strongly convex but for c, so a gradient
   * g with ‖g‖² ≤ 2ρδ is enough (Boyd & Vandenberghe, Convex Optimization, eq. 9.9); as a rule a tenth of it is left. @default 1e-6
   */
  readonly precision?: number
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (() => void) | undefined
}

/**
 * What the optimiser moves in place of c is c/s, s being this share of a row's usual length: a row counts as long as it is, while the
 * bias multiplies a mere 1, and would be hundreds of steps behind the weights.
 */
const biasShare = 0.2

/**
 * Minimises the joint-softmax loss of every problem with L-BFGS, all in step: one pass over the features serves them all, so a
 * cross-validation costs little more than one fit.
 *
 * The head that comes back takes raw features: W = V/σ, b = c − μᵀW.
 */
export async function fitHeads(
  set: TrainingSet,
  problems: readonly Problem[],
  { standardisation, evaluator, products }: FitMeans,
  { precision = 1e-6, signal, onStep }: FitOptions = {},
): Promise<Fit[]> {
  const { dim } = set.features
  const k = set.classes
  const biasScale = Math.max(1, biasShare * standardisation.rowLength)
  const frame: Frame = { ...standardisation, biasScale, dim, k }
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
        gradient: new Float64Array(start.length),
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
      active.forEach(({ parameters }, p) => foldIn(parameters, frame, weight, bias, p))
      const answers = await evaluator.evaluate(weight, bias, rowWeights)
      await Promise.all(
        active.map(async (run, p) => {
          const next = await run.search.next(toEvaluation(run, frame, p, answers))
          if (next.done) run.minimum = next.value
          else run.parameters = next.value
        }),
      )
      onStep?.()
    }
  }

  return runs.map(({ minimum }) => {
    const weight = new Float32Array(k * dim)
    const bias = new Float32Array(k)
    const { x, value: loss, evaluations } = minimum!
    foldIn(x, frame, weight, bias, 0)
    const head = { dim, classes: k, weight: transposed(weight, k, dim), bias }
    return { head, point: withBias(x, k * dim, biasScale), loss, evaluations }
  })
}

/** How the optimiser's parameters, [V, c/s], become a head. */
interface Frame extends Standardisation {
  /** s */
  readonly biasScale: number
  readonly dim: number
  readonly k: number
}

/** Weights 0, every new class as likely as all old ones together: E_n equals the mean E_o, or 0 where no old class takes part. */
function startingPoint({ features, classes, oldScore }: TrainingSet): Point {
  const start = new Float64Array((features.dim + 1) * classes)
  const meanOldScore = oldScore.reduce((sum, score) => sum + score, 0) / oldScore.length
  const asLikely = meanOldScore > noOldTarget / 2 ? meanOldScore - Math.log(classes) : 0
  return start.fill(asLikely, features.dim * classes)
}

/** A copy of which all from `first` on is multiplied. */
function withBias(point: Float64Array, first: number, factor: number): Float64Array {
  const copy = point.slice()
  for (let i = first; i < copy.length; i++) copy[i]! *= factor
  return copy
}

/** Writes W = V/σ and b = c − μᵀW into the k rows of a problem. */
function foldIn(
  parameters: Float64Array,
  { mean, inverseDeviation, biasScale, dim, k }: Frame,
  weight: Float32Array,
  bias: Float32Array,
  problem: number,
): void {
  for (let c = 0; c < k; c++) {
    const row = parameters.subarray(c * dim, (c + 1) * dim)
    const first = (problem * k + c) * dim
    let shift = 0
    for (let d = 0; d < dim; d++) {
      const value = row[d]! * inverseDeviation[d]!
      weight[first + d] = value
      shift += mean[d]! * value
    }
    bias[problem * k + c] = biasScale * parameters[k * dim + c]! - shift
  }
}

/** The chain rule of `foldIn`, plus the penalty. */
function toEvaluation(
  {
    parameters,
    gradient,
    regularisation,
  }: { parameters: Float64Array; gradient: Float64Array; regularisation: number },
  { mean, inverseDeviation, biasScale, dim, k }: Frame,
  problem: number,
  answers: LossAndGradient,
): Evaluation {
  let squares = 0
  for (let c = 0; c < k; c++) {
    const first = (problem * k + c) * dim
    const ofBias = answers.bias[problem * k + c]!
    for (let d = 0, i = c * dim; d < dim; d++, i++) {
      const value = parameters[i]!
      squares += value * value
      const raw = answers.weight[first + d]! - mean[d]! * ofBias
      gradient[i] = raw * inverseDeviation[d]! + regularisation * value
    }
    gradient[k * dim + c] = biasScale * ofBias
  }
  return { value: answers.loss[problem]! + (regularisation / 2) * squares, gradient }
}

function interleave(columns: readonly Float32Array[]): Float32Array {
  const [first] = columns
  if (columns.length === 1) return first!
  const rows = first!.length
  const result = new Float32Array(rows * columns.length)
  columns.forEach((column, p) => column.forEach((value, row) => (result[row * columns.length + p] = value)))
  return result
}
