import { logAddExp, logSumExp } from '../math/softmax.js'
import type { HeldOutAnswers } from './held-out-answers.js'
import { groupsOf, priorShifts, weightedRows, type WeightedRows } from './prior-shift.js'

/** What a class lacks, in nats, beside one of e times as many images, on sets that were tried (docs/lab-notes.md). */
const usualSlope = 2
/** Prior standard deviation of the slope around it. */
const spread = 0.5
const maxSteps = 100
const tolerance = 1e-7

/**
 * What the logits of scarce classes lack on images that the head has not seen. A class of few images is less sure of
 * others than one of many, and loses them to it. So each class is raised by a slope times log n̄ − log n, where n is
 * its number of images and n̄ the geometric mean over its increment; what increments lack is left to their shifts.
 * There is one slope. It minimises the joint-softmax loss over held-out images under the prior's shifts, and is drawn
 * towards the usual one (docs/method.md, "Scarce classes").
 *
 * Merged classes and classes of a single image do not take part in finding n̄ and the slope, as in `priorShifts`.
 *
 * @param images [k] number of images that the head was trained on, by column
 * @param prior see `priorShifts`
 * @returns [k] amounts to add to the added logits, in nats; 0 where all classes of an increment have as many images
 */
export function scarcityOffsets(answers: HeldOutAnswers, images: ArrayLike<number>, prior: number): Float64Array {
  const { target } = answers.rows
  const weighted = weightedRows(answers, prior)
  const counted = new Set(weighted.rows.map((row) => target[row]!))
  const scarcity = scarcityOf(answers.increment, images, counted)
  const ofCounted = scarcity.map((one, column) => (counted.has(column) ? one : 0))
  const slope = ofCounted.some((one) => one !== 0) ? slopeOf(answers, weighted, ofCounted, prior) : usualSlope
  return scarcity.map((one) => slope * one)
}

/** [k] log n̄ − log n of every class; 0 for one without images, and in an increment without counted classes. */
function scarcityOf(increment: Int32Array, images: ArrayLike<number>, counted: ReadonlySet<number>): Float64Array {
  const { group, groups } = groupsOf(increment)
  const logs: number[][] = Array.from({ length: groups }, () => [])
  group.forEach((one, column) => {
    if (counted.has(column)) logs[one]!.push(Math.log(images[column]!))
  })
  const means = logs.map((some) => some.reduce((sum, one) => sum + one, 0) / some.length)
  return Float64Array.from(group, (one, column) =>
    logs[one]!.length === 0 || images[column] === 0 ? 0 : means[one]! - Math.log(images[column]!),
  )
}

/** The answers with these amounts added to the logits. */
export function withOffsets(answers: HeldOutAnswers, offsets: Float64Array): HeldOutAnswers {
  return { ...answers, logits: answers.logits.map((logit, i) => logit + offsets[i % offsets.length]!) }
}

/** By Newton's method within a bracket, which is halved where a step would leave it: the loss is convex. */
function slopeOf(answers: HeldOutAnswers, weighted: WeightedRows, scarcity: Float64Array, prior: number): number {
  const shifts = priorShifts(answers, prior)
  const ofAdded = weighted.weight.filter((_, i) => answers.rows.target[weighted.rows[i]!]! >= 0)
  // An image counts as one observation.
  const restraint = ofAdded.reduce((sum, one) => sum + one, 0) / ofAdded.length / spread ** 2
  let slope = usualSlope
  let low = -Infinity
  let high = Infinity
  for (let step = 0; step < maxSteps; step++) {
    const { gradient, curvature } = derivatives(answers, weighted, { shifts, scarcity, slope })
    const total = gradient + restraint * (slope - usualSlope)
    const newton = slope - total / (curvature + restraint)
    if (Math.abs(newton - slope) < tolerance) break
    if (total > 0) high = slope
    else low = slope
    slope = newton > low && newton < high ? newton : (low + high) / 2
  }
  return slope
}

/** First and second derivative of the loss with respect to the slope. */
function derivatives(
  { rows: { classes: k, oldLogSumExp, target }, logits }: HeldOutAnswers,
  { rows, weight }: WeightedRows,
  { shifts, scarcity, slope }: { shifts: Float64Array; scarcity: Float64Array; slope: number },
): { gradient: number; curvature: number } {
  const z = new Float64Array(k)
  let gradient = 0
  let curvature = 0
  rows.forEach((row, i) => {
    for (let c = 0; c < k; c++) z[c] = logits[row * k + c]! + shifts[c]! + slope * scarcity[c]!
    const total = logAddExp(oldLogSumExp[row]!, logSumExp(z))
    let mean = 0
    let squares = 0
    for (let c = 0; c < k; c++) {
      const probability = Math.exp(z[c]! - total)
      mean += probability * scarcity[c]!
      squares += probability * scarcity[c]! ** 2
    }
    const own = target[row]! < 0 ? 0 : scarcity[target[row]!]!
    gradient += weight[i]! * (mean - own)
    curvature += weight[i]! * (squares - mean ** 2)
  })
  return { gradient, curvature }
}
