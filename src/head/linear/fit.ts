import { noOldTarget } from '../../features/table.js'
import { NpluskError, throwIfAborted } from '../../core/errors.js'
import { lbfgs, type Minimum } from '../../math/lbfgs.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { pointOfBias, weightPlaces, type Point } from '../point.js'
import { rowLengthOf, type StandardisedSet } from '../standardised-set.js'
import type { TrainingSet } from '../training-set.js'
import { toEvaluation } from './objective.js'
import type { LossEvaluator } from './types.js'

/** One head to fit: weights of the rows and strength of the regularisation. */
export interface Problem {
  /** [count] 0 leaves a row out. */
  readonly rowWeight: Float32Array
  /** ρ: the penalty ρ/2 ‖V‖² on standardised features. */
  readonly regularisation: number
  /** Starting point. @default zero weights, and new classes together as likely as old ones */
  readonly start?: Point | undefined
}

export interface Fit {
  /** The minimum, also usable as the starting point of a similar problem. */
  readonly point: Point
  /** Loss plus penalty at the end. */
  readonly loss: number
  readonly evaluations: number
  /** False when the optimiser stopped at its limit of steps. */
  readonly converged: boolean
}

/** Resources of a fit. */
export interface FitContext {
  readonly evaluator: LossEvaluator
  /** For the optimiser's own vectors. */
  readonly products: MatrixProducts
}

export interface FitOptions {
  /**
   * δ: how far, in nats, loss plus penalty may lie above the minimum. The penalty makes them ρ-strongly convex except
   * in c, so a gradient g with ‖g‖² ≤ 2ρδ suffices (Boyd & Vandenberghe, Convex Optimization, eq. 9.9); the actual
   * distance is typically a tenth of δ.
   * @default 1e-6
   */
  readonly precision?: number
  readonly signal?: AbortSignal | undefined
  /** Told of every evaluation, before the search goes on; it must change nothing. */
  readonly onStep?: ((steps: readonly FitStep[]) => void | Promise<void>) | undefined
}

/** Where the search for a problem's minimum is. */
export interface FitStep {
  /** Place of the problem. */
  readonly problem: number
  /** Without penalty, in nats. */
  readonly loss: number
  /** ρ/2 ‖V‖² */
  readonly penalty: number
  /** A copy of the point that these are of. */
  readonly point: () => Point
}

/**
 * The optimiser works on c/s instead of c, where s is this share of a row's typical norm. Weights are multiplied by
 * whole rows but the bias by 1 only, so the bias would converge hundreds of steps later.
 */
const biasShare = 0.2

/**
 * Minimises the joint-softmax loss of every problem with L-BFGS, all in step: one pass over the features serves all
 * problems, so cross-validation costs little more than one fit.
 *
 * @throws NpluskError `BAD_INPUT` when the loss is not finite, as some feature or old logit is not
 */
export async function fitHeads(
  set: StandardisedSet,
  problems: readonly Problem[],
  { evaluator, products }: FitContext,
  { precision = 1e-6, signal, onStep }: FitOptions = {},
): Promise<Fit[]> {
  const { groups } = set
  const places = weightPlaces(groups)
  const size = places.at(-1)?.end ?? 0
  const biasScale = Math.max(1, biasShare * rowLengthOf(set))
  const runs = await Promise.all(
    problems.map(async ({ rowWeight, regularisation, start = startingPoint(set) }, problem) => {
      const search = lbfgs(withBias(start, size, 1 / biasScale), products, {
        gradientTolerance: Math.sqrt(2 * regularisation * precision),
      })
      const first = (await search.next()) as IteratorYieldResult<Float64Array>
      return {
        problem,
        search,
        rowWeight,
        regularisation,
        parameters: first.value,
        gradient: new Float32Array(start.length),
        minimum: undefined as Minimum | undefined,
      }
    }),
  )

  const whole = groups.map(({ columns, features }) => ({
    weight: new Float32Array(runs.length * columns * features.dim),
    bias: new Float32Array(runs.length * columns),
  }))
  for (let active = runs; active.length > 0; active = active.filter(({ minimum }) => minimum === undefined)) {
    const parts = whole.map(({ weight, bias }) => ({
      weight: weight.subarray(0, (active.length * weight.length) / runs.length),
      bias: bias.subarray(0, (active.length * bias.length) / runs.length),
    }))
    const rowWeights = interleave(active.map(({ rowWeight }) => rowWeight))
    // Until one of the problems is solved.
    while (active.every(({ minimum }) => minimum === undefined)) {
      throwIfAborted(signal)
      active.forEach(({ parameters }, p) => {
        let column = size
        for (const [g, { start, end }] of places.entries()) {
          const { columns } = groups[g]!
          parts[g]!.weight.set(parameters.subarray(start, end), p * (end - start))
          for (let c = 0; c < columns; c++) parts[g]!.bias[p * columns + c] = biasScale * parameters[column++]!
        }
      })
      const answers = await evaluator.evaluate(parts, rowWeights)
      refuseUnlessFinite(answers.loss)
      const evaluations = active.map((run, p) => toEvaluation(run, answers, p, biasScale))
      await onStep?.(
        active.map(({ problem, parameters }, p) => ({
          problem,
          loss: answers.loss[p]!,
          penalty: evaluations[p]!.penalty,
          point: () => withBias(parameters, size, biasScale),
        })),
      )
      await Promise.all(
        active.map(async (run, p) => {
          const next = await run.search.next(evaluations[p]!)
          if (next.done) run.minimum = next.value
          else run.parameters = next.value
        }),
      )
    }
  }

  return runs.map(({ minimum }) => {
    const { x, value: loss, evaluations, converged } = minimum!
    return { point: withBias(x, size, biasScale), loss, evaluations, converged }
  })
}

export function refuseUnlessFinite(loss: Float64Array): void {
  if (loss.every(Number.isFinite)) return
  throw new NpluskError(
    'BAD_INPUT',
    'The training loss is not a finite number, as the model gives some training or rehearsal image features or scores that are none; nothing was written. Leave out images that are a single colour, or damaged, and run again.',
  )
}

/**
 * Zero weights, and all new classes together as likely as all old ones: E_n equals the mean E_o, or 0 without old
 * classes.
 */
function startingPoint({ groups, classes, oldLogSumExp }: TrainingSet): Point {
  const meanLogSumExp = oldLogSumExp.reduce((sum, score) => sum + score, 0) / oldLogSumExp.length
  return pointOfBias(groups, meanLogSumExp > noOldTarget / 2 ? meanLogSumExp - Math.log(classes) : 0)
}

/** A copy with everything from index `first` on multiplied by `factor`. */
function withBias(point: Float64Array, first: number, factor: number): Float64Array {
  const copy = point.slice()
  for (let i = first; i < copy.length; i++) copy[i]! *= factor
  return copy
}

function interleave(columns: readonly Float32Array[]): Float32Array {
  const [first] = columns
  if (columns.length === 1) return first!
  const rows = first!.length
  const result = new Float32Array(rows * columns.length)
  columns.forEach((column, p) => column.forEach((value, row) => (result[row * columns.length + p] = value)))
  return result
}
