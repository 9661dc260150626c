import { logSumExp } from './softmax.js'

export interface OffsetProblem {
  /** Row-major [rows × outcomes]: logits minus the logit of the reference outcome, whose offset is 0. */
  readonly margins: Float64Array
  /** [rows] index of the right outcome; -1 for the reference. */
  readonly target: Int32Array
  /** [rows] weight of each row, > 0. */
  readonly weight: Float64Array
  /** [outcomes] value that each offset is pulled towards … */
  readonly anchor: Float64Array
  /** [outcomes] … by the penalty κ/2 (b − anchor)², κ > 0; where the rows say nothing, it decides. */
  readonly restraint: Float64Array
}

const maxSteps = 200
const tolerance = 1e-9
/**
 * Most that an offset changes in one step, in nats: where the loss is nearly flat, full Newton steps are far too long.
 */
const maxChange = 3

/**
 * The offsets b of a softmax's outcomes that minimise the weighted loss, by Newton's method with step halving: the
 * problem is convex and has few unknowns (Boyd & Vandenberghe, Convex Optimization, algorithm 9.5).
 *
 * @returns [outcomes]
 */
export function softmaxOffsets(problem: OffsetProblem): Float64Array {
  let offsets: Float64Array = problem.anchor.slice()
  let now = expand(problem, offsets)
  for (let step = 0; step < maxSteps; step++) {
    const direction = solve(now.hessian, now.gradient).map((value) => -Math.max(-maxChange, Math.min(maxChange, value)))
    if (Math.max(...direction.map(Math.abs)) < tolerance) break
    let length = 1
    let next = moved(offsets, direction, length)
    let there = expand(problem, next)
    while (there.loss > now.loss && length > 1e-6) {
      length /= 2
      next = moved(offsets, direction, length)
      there = expand(problem, next)
    }
    if (there.loss > now.loss) break
    offsets = next
    now = there
  }
  return offsets
}

function moved(from: Float64Array, direction: Float64Array, length: number): Float64Array {
  return from.map((value, i) => value + length * direction[i]!)
}

/** Loss, gradient and Hessian; the Hessian is row-major, and only its lower triangle is filled. */
function expand({ margins, target, weight, anchor, restraint }: OffsetProblem, offsets: Float64Array) {
  const m = offsets.length
  const gradient = offsets.map((offset, t) => restraint[t]! * (offset - anchor[t]!))
  const hessian = new Float64Array(m * m)
  let loss = offsets.reduce((sum, offset, t) => sum + (restraint[t]! / 2) * (offset - anchor[t]!) ** 2, 0)
  restraint.forEach((value, t) => (hessian[t * m + t] = value))
  const logits = new Float64Array(m + 1)
  const probabilities = new Float64Array(m)
  for (let row = 0; row < target.length; row++) {
    const w = weight[row]!
    for (let t = 0; t < m; t++) logits[t] = margins[row * m + t]! + offsets[t]!
    const logSum = logSumExp(logits)
    const right = target[row]! < 0 ? m : target[row]!
    loss += w * (logSum - logits[right]!)
    if (right < m) gradient[right]! -= w
    for (let t = 0; t < m; t++) probabilities[t] = Math.exp(logits[t]! - logSum)
    for (let t = 0; t < m; t++) {
      const probability = probabilities[t]!
      if (probability < 1e-12) continue
      gradient[t]! += w * probability
      hessian[t * m + t]! += w * probability
      for (let u = 0; u <= t; u++) hessian[t * m + u]! -= w * probability * probabilities[u]!
    }
  }
  return { loss, gradient, hessian }
}

/**
 * H⁻¹·g for a positive definite H, by Cholesky factorisation and substitution; only the lower triangle of H is read,
 * and it is overwritten.
 */
function solve(hessian: Float64Array, gradient: Float64Array): Float64Array {
  const m = gradient.length
  const factor = hessian
  const solution = gradient.slice()
  for (let r = 0; r < m; r++) {
    for (let c = 0; c <= r; c++) {
      let value = factor[r * m + c]!
      for (let t = 0; t < c; t++) value -= factor[r * m + t]! * factor[c * m + t]!
      factor[r * m + c] = c < r ? value / factor[c * m + c]! : Math.sqrt(value)
    }
    for (let t = 0; t < r; t++) solution[r]! -= factor[r * m + t]! * solution[t]!
    solution[r]! /= factor[r * m + r]!
  }
  for (let r = m - 1; r >= 0; r--) {
    for (let t = r + 1; t < m; t++) solution[r]! -= factor[t * m + r]! * solution[t]!
    solution[r]! /= factor[r * m + r]!
  }
  return solution
}
