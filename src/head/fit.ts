import { throwIfAborted } from '../core/errors.js'
import { lbfgs, type Evaluation, type LbfgsOptions, type Minimum } from '../math/lbfgs.js'
import type { Standardisation } from './standardise.js'
import type { Head, LossEvaluator, TrainingSet } from './types.js'

/** One head to fit: which rows count how much, and how strongly weights are held back. */
export interface Problem {
  /** [count] 0 leaves a row out. */
  readonly rowWeight: Float32Array
  /** ρ: the penalty ρ/2 ‖W‖² on standardised features. */
  readonly regularisation: number
}

export interface Fit {
  readonly head: Head
  /** The minimum in standardised parameters [V, c]; a starting point for a like problem. */
  readonly point: Float64Array
  /** Loss plus penalty at the end. */
  readonly loss: number
  readonly evaluations: number
}

export interface FitOptions extends LbfgsOptions {
  /** Where to start, in standardised parameters. @default no weights, and new classes as likely as old ones */
  readonly start?: Float64Array
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (() => void) | undefined
}

/**
 * Minimises the joint-softmax loss of every problem with L-BFGS, all in step: one pass over the features serves them all, so a
 * cross-validation costs little more than one fit.
 *
 * The parameters are those on standardised features, x = [V (dim × k), c (k)]; the head that comes back takes raw ones:
 * W = V/σ, b = c − μᵀW.
 */
export async function fitHeads(
  set: TrainingSet,
  problems: readonly Problem[],
  standardisation: Standardisation,
  evaluator: LossEvaluator,
  options: FitOptions = {},
): Promise<Fit[]> {
  const { dim } = set.features
  const k = set.classes
  const { start = startingPoint(set) } = options
  const runs = problems.map(({ rowWeight, regularisation }) => {
    const search = lbfgs(start, options)
    const first = search.next() as IteratorYieldResult<Float64Array>
    return {
      search,
      rowWeight,
      regularisation,
      point: first.value,
      gradient: new Float64Array(start.length),
      minimum: undefined as Minimum | undefined,
    }
  })

  for (;;) {
    const active = runs.filter(({ minimum }) => minimum === undefined)
    if (active.length === 0) break
    throwIfAborted(options.signal)
    const columns = active.length * k
    const weight = new Float32Array(dim * columns)
    const bias = new Float32Array(columns)
    active.forEach(({ point }, p) => foldIn(point, standardisation, dim, k, weight, bias, p * k, columns))
    const answers = await evaluator.evaluate(weight, bias, interleave(active.map(({ rowWeight }) => rowWeight)))
    active.forEach((run, p) => {
      const evaluation = toEvaluation(run, standardisation, dim, k, p, columns, answers)
      const next = run.search.next(evaluation)
      if (next.done) run.minimum = next.value
      else run.point = next.value
    })
    options.onStep?.()
  }

  return runs.map(({ minimum }) => {
    const weight = new Float32Array(dim * k)
    const bias = new Float32Array(k)
    foldIn(minimum!.x, standardisation, dim, k, weight, bias, 0, k)
    const { x: point, value: loss, evaluations } = minimum!
    return { head: { dim, classes: k, weight, bias }, point, loss, evaluations }
  })
}

/** Weights 0, every new class as likely as all old ones together: E_n equals the mean E_o. */
function startingPoint({ features, classes, oldScore }: TrainingSet): Float64Array {
  const start = new Float64Array((features.dim + 1) * classes)
  const meanOldScore = oldScore.reduce((sum, score) => sum + score, 0) / oldScore.length
  return start.fill(meanOldScore - Math.log(classes), features.dim * classes)
}

/** Writes W = V/σ and b = c − μᵀW into columns `first .. first + k`. */
function foldIn(
  point: Float64Array,
  { mean, inverseDeviation }: Standardisation,
  dim: number,
  k: number,
  weight: Float32Array,
  bias: Float32Array,
  first: number,
  columns: number,
): void {
  const shift = new Float64Array(k)
  for (let d = 0; d < dim; d++) {
    for (let c = 0; c < k; c++) {
      const value = point[d * k + c]! * inverseDeviation[d]!
      weight[d * columns + first + c] = value
      shift[c]! += mean[d]! * value
    }
  }
  for (let c = 0; c < k; c++) bias[first + c] = point[dim * k + c]! - shift[c]!
}

/** The chain rule of `foldIn`, plus the penalty. */
function toEvaluation(
  { point, gradient, regularisation }: { point: Float64Array; gradient: Float64Array; regularisation: number },
  { mean, inverseDeviation }: Standardisation,
  dim: number,
  k: number,
  problem: number,
  columns: number,
  answers: { readonly loss: Float64Array; readonly weight: Float64Array; readonly bias: Float64Array },
): Evaluation {
  const first = problem * k
  let squares = 0
  for (let d = 0; d < dim; d++) {
    for (let c = 0; c < k; c++) {
      const value = point[d * k + c]!
      squares += value * value
      const raw = answers.weight[d * columns + first + c]! - mean[d]! * answers.bias[first + c]!
      gradient[d * k + c] = raw * inverseDeviation[d]! + regularisation * value
    }
  }
  for (let c = 0; c < k; c++) gradient[dim * k + c] = answers.bias[first + c]!
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
