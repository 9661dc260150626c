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
  /** Stops once the norm of the gradient is no larger. @default 1e-6 */
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
 * @returns points in buffers that are used again: a point is valid until the next answer, and so need an answer's gradient be
 */
export function* lbfgs(start: Float64Array, options: LbfgsOptions = {}): Generator<Float64Array, Minimum, Evaluation> {
  const { memory = 8, maxEvaluations = 200, gradientTolerance = 1e-6, valueTolerance = 1e-8 } = options
  const size = start.length
  let x: Float64Array = start.slice()
  let next: Float64Array = new Float64Array(size)
  let answer: Evaluation = yield x
  let { value } = answer
  const gradient = answer.gradient.slice()
  const direction = new Float64Array(size)
  let evaluations = 1
  const pairs: Pair[] = []

  while (evaluations < maxEvaluations && norm(gradient) > gradientTolerance) {
    descend(direction, gradient, pairs)
    let slope = dot(direction, gradient)
    if (!(slope < 0)) {
      pairs.length = 0
      descend(direction, gradient, pairs)
      slope = -dot(gradient, gradient)
    }
    let step = pairs.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1
    for (;;) {
      for (let i = 0; i < size; i++) next[i] = x[i]! + step * direction[i]!
      answer = yield next
      evaluations++
      if (answer.value <= value + 1e-4 * step * slope || evaluations >= maxEvaluations) break
      const curvature = answer.value - value - step * slope
      const best = (-slope * step * step) / (2 * curvature)
      step = Math.max(0.1 * step, Math.min(best, 0.5 * step))
      if (step < 1e-12) return { x, value, evaluations }
    }
    if (answer.value > value) break
    const decrease = value - answer.value
    const pair = (pairs.length === memory ? pairs.shift() : undefined) ?? {
      s: new Float64Array(size),
      y: new Float64Array(size),
      rho: 0,
    }
    subtract(pair.s, next, x)
    subtract(pair.y, answer.gradient, gradient)
    const sy = dot(pair.s, pair.y)
    pair.rho = 1 / sy
    if (sy > 1e-12 * dot(pair.y, pair.y)) pairs.push(pair)
    gradient.set(answer.gradient)
    value = answer.value
    ;[x, next] = [next, x]
    if (decrease < valueTolerance * Math.abs(value)) break
  }
  return { x, value, evaluations }
}

/** How the gradient changed over a step, and 1 / sᵀy. */
interface Pair {
  readonly s: Float64Array
  readonly y: Float64Array
  rho: number
}

/** Writes the direction of descent; without pairs, the negative gradient. */
function descend(direction: Float64Array, gradient: Float64Array, pairs: readonly Pair[]): void {
  for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i]!
  const alphas: number[] = []
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i]!
    const alpha = rho * dot(s, direction)
    alphas[i] = alpha
    addScaled(direction, -alpha, y)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y))
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  }
  pairs.forEach(({ s, y, rho }, i) => addScaled(direction, alphas[i]! - rho * dot(y, direction), s))
}

/** Four sums side by side: one would wait for itself at every step. */
function dot(a: Float64Array, b: Float64Array): number {
  const whole = a.length - (a.length % 4)
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]
  for (let i = 0; i < whole; i += 4) {
    sum0 += a[i]! * b[i]!
    sum1 += a[i + 1]! * b[i + 1]!
    sum2 += a[i + 2]! * b[i + 2]!
    sum3 += a[i + 3]! * b[i + 3]!
  }
  for (let i = whole; i < a.length; i++) sum0 += a[i]! * b[i]!
  return sum0 + sum1 + sum2 + sum3
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a))
}

function subtract(target: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = a[i]! - b[i]!
}

/** Four at a time: the loop itself costs as much as one. */
function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  const whole = target.length - (target.length % 4)
  for (let i = 0; i < whole; i += 4) {
    target[i]! += factor * source[i]!
    target[i + 1]! += factor * source[i + 1]!
    target[i + 2]! += factor * source[i + 2]!
    target[i + 3]! += factor * source[i + 3]!
  }
  for (let i = whole; i < target.length; i++) target[i]! += factor * source[i]!
}
