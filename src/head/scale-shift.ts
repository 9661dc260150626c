import { logAddExp, logSumExp } from '../math/softmax.js'
import { withoutSingles } from './row-weights.js'
import type { TrainingRows } from './training-rows.js'

/** Logits are scale · score + shift. */
export interface ScaleShift {
  readonly scale: number
  readonly shift: number
}

const maxSteps = 200
/** Decrease of the loss that Newton's method still looks for, in nats. */
const tolerance = 1e-12
/** The least scale, by the spread of the scores: new classes then hardly differ. */
const leastScale = 1e-3

/**
 * One scale and one shift that make logits of the joint softmax of scores that were fitted to another loss (Platt
 * scaling, with the old logits in place of 0): those of least loss over held-out rows, with a scale
 * above 0. Classes of a single image do not count, as scores that have not seen it cannot know it.
 *
 * @param scores row-major [count × k]: held-out ones of one row an image
 * @param given [count] weights of the rows
 * @param otherwise where no class has two images, so that there is nothing to fit them by
 */
export function fitScaleShift(
  rows: TrainingRows,
  scores: Float32Array,
  given: Float32Array,
  otherwise: ScaleShift,
): ScaleShift {
  const rowWeight = withoutSingles(rows, given)
  if (rowWeight.every((weight, row) => weight === 0 || rows.target[row]! < 0)) return otherwise
  const spread = deviation(scores, rowWeight)
  const start = { scale: 1 / spread, shift: mean(rows.oldLogSumExp) }
  const best = leastLoss(rows, scores, rowWeight, { start, spread, scaleIsFree: true })
  if (best.scale > 0) return best
  // Scores that go the wrong way: they would call for the opposite of what heads have learned.
  const flat = { ...start, scale: leastScale / spread }
  return leastLoss(rows, scores, rowWeight, { start: flat, spread, scaleIsFree: false })
}

interface Search {
  readonly start: ScaleShift
  /** Of the scores. */
  readonly spread: number
  /** Whether the scale is looked for, too. */
  readonly scaleIsFree: boolean
}

/** Newton's method with step halving. */
function leastLoss(
  rows: TrainingRows,
  scores: Float32Array,
  rowWeight: Float32Array,
  { start, spread, scaleIsFree }: Search,
): ScaleShift {
  let point = start
  let now = expand(rows, scores, rowWeight, point)
  for (let step = 0; step < maxSteps; step++) {
    const { a, b, aa, ab, bb } = now
    // A little more curvature keeps the step finite where one side has no rows.
    const ridge = 1e-9
    const determinant = (aa + ridge * spread ** 2) * (bb + ridge) - ab * ab
    const da = scaleIsFree ? -((bb + ridge) * a - ab * b) / determinant : 0
    const db = scaleIsFree ? -((aa + ridge * spread ** 2) * b - ab * a) / determinant : -b / (bb + ridge)
    let length = 1
    let next = { scale: point.scale + da, shift: point.shift + db }
    let there = expand(rows, scores, rowWeight, next)
    while (!(there.loss <= now.loss) && length > 1e-9) {
      length /= 2
      next = { scale: point.scale + length * da, shift: point.shift + length * db }
      there = expand(rows, scores, rowWeight, next)
    }
    if (!(there.loss <= now.loss)) break
    const decrease = now.loss - there.loss
    point = next
    now = there
    if (decrease < tolerance) break
  }
  return point
}

/** The scores as logits. */
export function scaled(scores: Float32Array, { scale, shift }: ScaleShift): Float32Array {
  return scores.map((score) => scale * score + shift)
}

/** Loss, gradient and Hessian with respect to scale (a) and shift (b). */
function expand(
  { classes: k, oldLogSumExp, oldTarget, target }: TrainingRows,
  scores: Float32Array,
  rowWeight: Float32Array,
  { scale, shift }: ScaleShift,
) {
  const sum = { loss: 0, a: 0, b: 0, aa: 0, ab: 0, bb: 0 }
  const z = new Float64Array(k)
  for (let row = 0; row < target.length; row++) {
    const weight = rowWeight[row]!
    if (weight === 0) continue
    for (let c = 0; c < k; c++) z[c] = scale * scores[row * k + c]! + shift
    const all = logAddExp(oldLogSumExp[row]!, logSumExp(z))
    const own = target[row]!
    const right = own < 0 ? oldTarget[row]! : logAddExp(oldTarget[row]!, z[own]!)
    sum.loss += weight * (all - right)
    // Of the probabilities of the new classes: how much there is, and of their scores mean and square.
    let share = 0
    let first = 0
    let second = 0
    for (let c = 0; c < k; c++) {
      const score = scores[row * k + c]!
      const probability = Math.exp(z[c]! - all)
      share += probability
      first += probability * score
      second += probability * score * score
    }
    const ownShare = own < 0 ? 0 : Math.exp(z[own]! - right)
    const ownScore = own < 0 ? 0 : scores[row * k + own]!
    sum.a += weight * (first - ownShare * ownScore)
    sum.b += weight * (share - ownShare)
    // The curvature of a merged row's second term, which is negative, is left out: steps stay downhill.
    sum.aa += weight * (second - first * first)
    sum.ab += weight * (first - first * share)
    sum.bb += weight * (share - share * share)
  }
  return sum
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of scores from 0, so that a scale of its inverse makes them of the order of a nat. */
function deviation(scores: Float32Array, rowWeight: Float32Array): number {
  const k = scores.length / rowWeight.length
  const squares = scores.reduce((sum, score, i) => sum + rowWeight[Math.floor(i / k)]! * score * score, 0)
  const total = rowWeight.reduce((sum, weight) => sum + weight, 0)
  return squares > 0 ? Math.sqrt(squares / (total * k)) : 1
}
