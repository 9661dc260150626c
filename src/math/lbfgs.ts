import { LbfgsMemory } from './lbfgs-memory.js'
import type { MatrixProducts } from './matrix-products.js'

/** The caller's answer for a point that the optimiser asks about. */
export interface ValueAndGradient {
  readonly value: number
  readonly gradient: Float32Array
}

export interface LbfgsOptions {
  /** Most points evaluated; fitting a head usually takes 50 to 150. @default 1000 */
  readonly maxEvaluations?: number
  /** Stops once the norm of the gradient is at most this. @default 1e-6 */
  readonly gradientTolerance?: number
  /** Stops once a step lowers the value by less than this share of it. @default 1e-8 */
  readonly valueTolerance?: number
}

export interface Minimum {
  readonly x: Float64Array
  readonly value: number
  readonly evaluations: number
  /**
   * False where the evaluations ran out; otherwise a tolerance was reached, or no step lowers the value any further.
   */
  readonly converged: boolean
}

/** Steps remembered. */
const memorySize = 16

/**
 * Limited-memory BFGS as a generator: it yields the points it wants evaluated and receives value and gradient, so
 * several problems that share their data can be evaluated in one pass (see `head/linear/fit.ts`).
 *
 * Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.5. The step length is found by backtracking on the
 * Armijo condition (c = 1e-4) with quadratic interpolation; pairs without positive curvature are left out.
 *
 * @param start the first point; not changed
 * @param products multiply in float32, which is enough for gradients and directions; points are float64, because steps
 * become small
 * @returns points in reused buffers, each valid only until it is answered; the gradient in an answer must not change
 * before the next point is yielded
 */
export async function* lbfgs(
  start: Float64Array,
  products: MatrixProducts,
  options: LbfgsOptions = {},
): AsyncGenerator<Float64Array, Minimum, ValueAndGradient> {
  const { maxEvaluations = 1000, gradientTolerance = 1e-6, valueTolerance = 1e-8 } = options
  let x: Float64Array = start.slice()
  let next: Float64Array = new Float64Array(start.length)
  let answer: ValueAndGradient = yield x
  let { value } = answer
  let evaluations = 1
  const memory = new LbfgsMemory(memorySize, start.length, products)
  let norm = await memory.arrive(answer.gradient)

  for (;;) {
    if (norm <= gradientTolerance) return { x, value, evaluations, converged: true }
    if (evaluations >= maxEvaluations) return { x, value, evaluations, converged: false }
    let { direction, slope } = await memory.descend()
    if (!(slope < 0)) {
      memory.clear()
      ;({ direction, slope } = await memory.descend())
    }
    let step = memory.count === 0 ? Math.min(1, 1 / norm) : 1
    for (;;) {
      move(next, x, step, direction)
      answer = yield next
      evaluations++
      if (answer.value <= value + 1e-4 * step * slope || evaluations >= maxEvaluations) break
      const curvature = answer.value - value - step * slope
      const best = (-slope * step * step) / (2 * curvature)
      step = Math.max(0.1 * step, Math.min(best, 0.5 * step))
      if (step < 1e-12) return { x, value, evaluations, converged: true }
    }
    // Evaluations ran out during the line search: the point before it is the best.
    if (!(answer.value <= value)) return { x, value, evaluations, converged: false }
    const decrease = value - answer.value
    value = answer.value
    ;[x, next] = [next, x]
    if (decrease < valueTolerance * Math.abs(value)) return { x, value, evaluations, converged: true }
    norm = await memory.arrive(answer.gradient, step)
  }
}

/** A separate function, because the engine optimises it sooner than a generator. */
function move(target: Float64Array, start: Float64Array, step: number, direction: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = start[i]! + step * direction[i]!
}
