/** What the caller answers to a point the optimiser asks about. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

export interface LbfgsOptions {
  /** Number of correction pairs kept. @default 8 */
  readonly memory?: number
  /** Most points evaluated. @default 200 */
  readonly maxEvaluations?: number
  /** Stops once the norm of the gradient has fallen to this share of the first one. @default 1e-4 */
  readonly gradientTolerance?: number
  /** Stops once a step lowers the value by less than this share of it. @default 1e-8 */
  readonly valueTolerance?: number
}

export interface Minimum {
  readonly x: Float64Array
  readonly value: number
  readonly evaluations: number
}

/**
 * Limited-memory BFGS as a generator: it yields the points it wants evaluated and receives value and gradient, so several
 * problems that share their data can be evaluated in one pass (see `head/fit.ts`).
 *
 * Two-loop recursion and scaling: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5, eq. 7.20. The step
 * is found by backtracking on the Armijo condition (c = 1e-4) with quadratic interpolation; pairs without positive
 * curvature are left out.
 *
 * @param start the first point; not changed
 */
export function* lbfgs(start: Float64Array, options: LbfgsOptions = {}): Generator<Float64Array, Minimum, Evaluation> {
  const { memory = 8, maxEvaluations = 200, gradientTolerance = 1e-4, valueTolerance = 1e-8 } = options
  let x: Float64Array = start.slice()
  let current: Evaluation = yield x
  let evaluations = 1
  const firstNorm = norm(current.gradient)
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = []

  while (evaluations < maxEvaluations && norm(current.gradient) > gradientTolerance * firstNorm) {
    const direction = descentDirection(current.gradient, pairs)
    let slope = dot(direction, current.gradient)
    if (!(slope < 0)) {
      pairs.length = 0
      direction.set(current.gradient.map((g) => -g))
      slope = -dot(current.gradient, current.gradient)
    }
    let step = pairs.length === 0 ? Math.min(1, 1 / norm(current.gradient)) : 1
    let next: Float64Array
    let answer: Evaluation
    for (;;) {
      next = x.map((value, i) => value + step * direction[i]!)
      answer = yield next
      evaluations++
      if (answer.value <= current.value + 1e-4 * step * slope || evaluations >= maxEvaluations) break
      const curvature = answer.value - current.value - step * slope
      const best = (-slope * step * step) / (2 * curvature)
      step = Math.max(0.1 * step, Math.min(best, 0.5 * step))
      if (step < 1e-12) return { x, value: current.value, evaluations }
    }
    if (answer.value > current.value) break
    const s = next.map((value, i) => value - x[i]!)
    const y = answer.gradient.map((value, i) => value - current.gradient[i]!)
    const sy = dot(s, y)
    if (sy > 1e-12 * dot(y, y)) {
      pairs.push({ s, y, rho: 1 / sy })
      if (pairs.length > memory) pairs.shift()
    }
    const decrease = current.value - answer.value
    x = next
    current = answer
    if (decrease < valueTolerance * Math.abs(current.value)) break
  }
  return { x, value: current.value, evaluations }
}

function descentDirection(
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((g) => -g)
  const alphas: number[] = []
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i]!
    const alpha = rho * dot(s, q)
    alphas[i] = alpha
    addScaled(q, -alpha, y)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y))
    for (let i = 0; i < q.length; i++) q[i]! *= scale
  }
  pairs.forEach(({ s, y, rho }, i) => addScaled(q, alphas[i]! - rho * dot(y, q), s))
  return q
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a))
}

function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[i]!
}
