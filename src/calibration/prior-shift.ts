import { softmaxOffsets, type OffsetProblem } from '../math/softmax-offsets.js'
import { logSumExp } from '../math/softmax.js'
import type { HeldOutAnswers } from './held-out-answers.js'

/**
 * The number of new classes that a prior is stated for; with more or fewer classes the odds per class stay the same.
 */
const classesOfPrior = 5
/** Prior standard deviation, in nats, of an increment's shift around the shift common to all. */
const spread = 1
/** Restraint on the common shift, small enough not to matter: it only keeps the problem strictly convex. */
const tinyRestraint = 1e-6

/** Odds of each new class against all old classes together. */
export function classOdds(prior: number): number {
  return prior / (1 - prior) / classesOfPrior
}

/** Log odds of k new classes together, in nats: the shift of logits that are calibrated at even odds. */
export function logOdds(prior: number, classes: number): number {
  return Math.log(classes * classOdds(prior))
}

/**
 * The shifts of the added logits, one per increment, that minimise the joint-softmax loss over held-out images. Old
 * images weigh 1 together, and every new class weighs its odds. Under these shifts, held-out images go to an
 * increment's classes as often as its weight says.
 *
 * A head of few images is less confident on unseen images than on its own, and must be raised. As the weight of a class
 * does not depend on other classes, an increment that is easily told apart changes no other increment's shift. Shifts
 * of increments with few images are drawn towards the common shift: each image counts as one observation, against a
 * prior standard deviation of one nat.
 *
 * Merged classes are left out, as their images may rightly go to the old head. So are classes of a single image, which
 * a head that has not seen it cannot know. An increment with no other classes gets the common shift.
 *
 * @param prior π for five new classes, in (0, 1)
 * @returns [k] by column, in nats; +∞ where no held-out image of a new class is usable, the log odds where there is no
 * old image
 */
export function priorShifts(answers: HeldOutAnswers, prior: number): Float64Array {
  const { classes: k, target } = answers.rows
  if (!target.includes(-1)) return new Float64Array(k).fill(logOdds(prior, k))
  const { rows, weight } = weightedRows(answers, prior)
  if (rows.every((row) => target[row]! < 0)) return new Float64Array(k).fill(Infinity)

  const together = problemOf(answers, rows, weight, new Int32Array(k))
  const [common] = softmaxOffsets({
    ...together,
    anchor: Float64Array.of(logOdds(prior, k)),
    restraint: Float64Array.of(tinyRestraint),
  }) as unknown as [number]

  const { group, groups } = groupsOf(answers.increment)
  const apart = problemOf(answers, rows, weight, group)
  const ofGroup = Array.from({ length: groups }, () => ({ weight: 0, images: 0 }))
  apart.target.forEach((one, i) => {
    if (one < 0) return
    ofGroup[one]!.weight += weight[i]!
    ofGroup[one]!.images++
  })
  const shifts = softmaxOffsets({
    ...apart,
    anchor: new Float64Array(groups).fill(common),
    restraint: Float64Array.from(
      ofGroup,
      (own) => (own.images === 0 ? classOdds(prior) : own.weight / own.images) / spread ** 2,
    ),
  })
  return Float64Array.from(group, (one) => (ofGroup[one]!.images === 0 ? common : shifts[one]!))
}

/** The held-out images that constants are fitted to. */
export interface WeightedRows {
  readonly rows: readonly number[]
  /** By place among `rows`. */
  readonly weight: Float64Array
}

/**
 * Weighs held-out images: old images weigh 1 together, and every new class weighs its odds. Merged classes are left
 * out, and classes of a single image.
 */
export function weightedRows({ rows: { target }, merged }: HeldOutAnswers, prior: number): WeightedRows {
  const images = new Map<number, number>()
  for (const label of target) images.set(label, (images.get(label) ?? 0) + 1)
  const counts = (label: number) => label < 0 || (images.get(label)! > 1 && !merged.has(label))
  const rows = Array.from(target.keys()).filter((row) => counts(target[row]!))
  const odds = classOdds(prior)
  const weightOf = (label: number) => (label < 0 ? 1 : odds) / images.get(label)!
  return { rows, weight: Float64Array.from(rows, (row) => weightOf(target[row]!)) }
}

/** Numbers increments from 0 in the order of their columns. */
export function groupsOf(increment: Int32Array): { group: Int32Array; groups: number } {
  const order = [...new Set(increment)]
  return { group: increment.map((one) => order.indexOf(one)), groups: order.length }
}

/** The columns of a group share one offset, so only their logsumexp matters. */
function problemOf(
  { rows: { classes: k, target, oldLogSumExp }, logits }: HeldOutAnswers,
  counted: readonly number[],
  weight: Float64Array,
  group: Int32Array,
): Pick<OffsetProblem, 'margins' | 'target' | 'weight'> {
  const columns: number[][] = []
  group.forEach((one, column) => (columns[one] ??= []).push(column))
  const margins = new Float64Array(counted.length * columns.length)
  counted.forEach((row, i) => {
    columns.forEach((own, g) => {
      const ofGroup = own.map((column) => logits[row * k + column]!)
      margins[i * columns.length + g] = logSumExp(ofGroup) - oldLogSumExp[row]!
    })
  })
  return { margins, target: Int32Array.from(counted, (row) => (target[row]! < 0 ? -1 : group[target[row]!]!)), weight }
}
