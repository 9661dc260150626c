import { logSumExp } from '../math/softmax.js'
import type { HeldOutAnswers } from './decide.js'

/** Beyond this many nats up or down a shift changes no answer any more. */
const farthest = 60

/**
 * The shift of all added logits under which held-out images, new ones weighing π in all and old ones 1 − π, are taken for new with a
 * mean probability of π. That is the shift of least joint-softmax loss under those weights: its derivative is the difference of the two.
 *
 * A head of few images is much less sure of images it has not seen than of its own, and needs to come up; log(π / (1 − π)), which
 * turns even odds into the prior, is what comes out where nothing of the kind is at work.
 *
 * Merged classes are left out, as their images may rightly go to the old head; so are classes of a single image, which a head that
 * has not seen it cannot know.
 *
 * @param prior π, in (0, 1)
 * @returns +∞ where no held-out image of a new class is left to go by, the log odds where there is no old one
 */
export function priorShift({ set, scores, merged }: HeldOutAnswers, prior: number): number {
  const { classes: k, target, oldScore } = set
  const images = new Map<number, number>()
  for (const label of target) images.set(label, (images.get(label) ?? 0) + 1)
  const counted = [...images.keys()].filter((label) => label >= 0 && !merged.has(label) && images.get(label)! > 1)
  const old = images.get(-1)
  if (old === undefined) return Math.log(prior / (1 - prior))
  if (counted.length === 0) return Infinity

  const weightOf = new Map(counted.map((label) => [label, prior / counted.length / images.get(label)!]))
  weightOf.set(-1, (1 - prior) / old)
  const margins: { readonly margin: number; readonly weight: number }[] = []
  target.forEach((label, row) => {
    const weight = weightOf.get(label)
    if (weight !== undefined) margins.push({ margin: logSumExp(scores, row * k, k) - oldScore[row]!, weight })
  })
  const takenForNew = (shift: number) =>
    margins.reduce((sum, { margin, weight }) => sum + weight / (1 + Math.exp(-margin - shift)), 0)
  let [low, high] = [-farthest, farthest]
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    if (takenForNew(middle) < prior) low = middle
    else high = middle
  }
  return (low + high) / 2
}
