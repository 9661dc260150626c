import { logSumExp } from './softmax.js'

export interface OffsetProblem {
  /** Row-major [rows × outcomes]: logits less that of the reference outcome, whose offset is 0. */
  readonly margins: Float64Array
  /** [rows] which outcome is right; -1 for the reference. */
  readonly target: Int32Array
  /** [rows] how much a row counts, > 0. */
  readonly weight: Float64Array
  /** [outcomes] held back from here … */
  readonly anchor: Float64Array
  /** [outcomes] … by κ/2 (b − anchor)², κ > 0: it decides where the rows say nothing. */
  readonly restraint: Float64Array
}

const mostSteps = 200
const tolerance = 1e-9
/** Nats that an offset moves in one step at most: where the loss is nearly flat, Newton's steps are far too long. */
const longest = 3

/**
 * The offsets b of a softmax's outcomes of least weighted loss: Newton's method with step halving, as the problem is
 * convex and of few unknowns (Boyd & Vandenberghe, Convex Optimization, algorithm 9.5).
 *
 * @returns [outcomes]
 */
export function softmaxOffsets(problem: OffsetProblem): Float64Array {
  let offsets: Float64Array = problem.anchor.slice()
  let now = expand(problem, offsets)
  for (let step = 0; step < mostSteps; step++) {
    const direction = solve(now.hessian, now.gradient).map((value) => -Math.max(-longest, Math.min(longest, value)))
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

/** Loss, gradient and Hessian, the latter row-major. */
function expand({ margins, target, weight, anchor, restraint }: OffsetProblem, offsets: Float64Array) {
  const m = offsets.length
  const gradient = offsets.map((offset, t) => restraint[t]! * (offset - anchor[t]!))
  const hessian = new Float64Array(m * m)
  let loss = offsets.reduce((sum, offset, t) => sum + (restraint[t]! / 2) * (offset - anchor[t]!) ** 2, 0)
  restraint.forEach((value, t) => (hessian[t * m + t] = value))
  const logits = new Float64Array(m + 1)
  const shares = new Float64Array(m)
  for (let row = 0; row < target.length; row++) {
    const w = weight[row]!
    for (let t = 0; t < m; t++) logits[t] = margins[row * m + t]! + offsets[t]!
    const all = logSumExp(logits)
    const right = target[row]! < 0 ? m : target[row]!
    loss += w * (all - logits[right]!)
    if (right < m) gradient[right]! -= w
    for (let t = 0; t < m; t++) shares[t] = Math.exp(logits[t]! - all)
    for (let t = 0; t < m; t++) {
      const share = shares[t]!
      if (share < 1e-12) continue
      gradient[t]! += w * share
      hessian[t * m + t]! += w * share
      for (let u = 0; u <= t; u++) hessian[t * m + u]! -= w * share * shares[u]!
    }
  }
  return { loss, gradient, hessian }
}

/**
 * H⁻¹·g for a positive definite H, of which the lower triangle is read: Cholesky's factor in place, then both
 * triangles.
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
