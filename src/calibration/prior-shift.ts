import { softmaxOffsets, type OffsetProblem } from '../math/softmax-offsets.js'
import { logSumExp } from '../math/softmax.js'
import type { HeldOutAnswers } from './decide.js'

/** A prior is meant for so many new classes; of more, or fewer, each has the same odds. */
const classesOfPrior = 5
/**
 * How far, in nats, an increment's shift lies from what all have in common, as far as can be told before looking at its
 * images.
 */
const spread = 1
/** Of the common shift nothing is known beforehand; this is only to keep the problem strictly convex. */
const faint = 1e-6

/** Odds of each new class against all old ones together. */
export function classOdds(prior: number): number {
  return prior / (1 - prior) / classesOfPrior
}

/** Log odds of k new classes together: the shift of logits that are calibrated at even odds. */
export function logOdds(prior: number, classes: number): number {
  return Math.log(classes * classOdds(prior))
}

/**
 * The shifts of the added logits, one for each increment, of least joint-softmax loss over held-out images, in which
 * the old images weigh 1 together and every new class its odds. Under them, held-out images are taken for an
 * increment's classes as often as its weight says.
 *
 * A head of few images is much less sure of images it has not seen than of its own, and needs to come up. As a class
 * weighs the same whatever others there are, an increment that is told from the rest with ease changes no other one's
 * shift. What few images say is held against the shift that fits all increments best: an image counts as one, and
 * beforehand shifts differ by about a nat.
 *
 * Merged classes are left out, as their images may rightly go to the old head; so are classes of a single image, which
 * a head that has not seen it cannot know. An increment of no others has the shift that fits all best.
 *
 * @param prior π for five new classes, in (0, 1)
 * @returns [k] by column; +∞ where no held-out image of a new class is left to go by, the log odds where there is no
 * old one
 */
export function priorShifts(answers: HeldOutAnswers, prior: number): Float64Array {
  const { classes: k, target } = answers.rows
  const images = new Map<number, number>()
  for (const label of target) images.set(label, (images.get(label) ?? 0) + 1)
  if (!images.has(-1)) return new Float64Array(k).fill(logOdds(prior, k))
  const counts = (label: number) => label < 0 || (images.get(label)! > 1 && !answers.merged.has(label))
  const rows = Array.from(target.keys()).filter((row) => counts(target[row]!))
  if (rows.every((row) => target[row]! < 0)) return new Float64Array(k).fill(Infinity)

  const odds = classOdds(prior)
  const weight = Float64Array.from(rows, (row) => (target[row]! < 0 ? 1 : odds) / images.get(target[row]!)!)
  const together = problemOf(answers, rows, weight, new Int32Array(k))
  const [common] = softmaxOffsets({
    ...together,
    anchor: Float64Array.of(logOdds(prior, k)),
    restraint: Float64Array.of(faint),
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
    restraint: Float64Array.from(ofGroup, (own) => (own.images === 0 ? odds : own.weight / own.images) / spread ** 2),
  })
  return Float64Array.from(group, (one) => (ofGroup[one]!.images === 0 ? common : shifts[one]!))
}

/** Increments in the order in which they come, which is that of their columns, counted from 0. */
export function groupsOf(increment: Int32Array): { group: Int32Array; groups: number } {
  const order = [...new Set(increment)]
  return { group: increment.map((one) => order.indexOf(one)), groups: order.length }
}

/** The columns of a group have one offset, so their logsumexp is all that counts. */
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
