import { sampleByLabel } from '../features/sample-by-label.js'
import { firstRows } from '../features/table.js'
import { createRandom } from '../math/random.js'
import type { TrainingRows } from './training-rows.js'

/** Number of folds of every dealing. */
export const folds = 5
/**
 * How often images are dealt out to folds. The logits of an image depend on which others are left out with it, by some
 * 0.7 nats. A guard that depends on the ten images most likely to be lost therefore varies by 0.4 nats with one
 * dealing, by 0.2 with five (docs/lab-notes.md).
 */
const maxDealings = 5
/** Limit on columns over all dealings: with very many classes, images are dealt out once. */
const maxDealtColumns = 1200
/** Largest number of images used: enough for a quantile of 1/1000. */
const maxImages = 4000

/** How often the images of so many classes are dealt out to folds. */
export function dealingsOf(classes: number): number {
  return Math.max(1, Math.min(maxDealings, Math.floor(maxDealtColumns / (folds * classes))))
}

/**
 * The rows that cross-validation is about: the first one of every image, its plain view; of very many, a seeded sample,
 * up to half of it old images, those of base classes before those of frozen ones, and new ones by class in proportion.
 */
export function rowsToDeal(set: TrainingRows, seed: number): number[] {
  const { target, label, baseClasses = Infinity } = set
  const rows = firstRows(set)
  if (rows.length <= maxImages) return rows
  const allOld = createRandom(`cross-validation:${seed}`).shuffle(rows.filter((row) => target[row]! < 0))
  const [base, frozen] = [true, false].map((isBase) => allOld.filter((row) => label[row]! < baseClasses === isBase))
  const old = [...base!, ...frozen!].slice(0, maxImages / 2)
  const allNew = rows.filter((row) => target[row]! >= 0)
  const added = sampleByLabel(target, allNew, maxImages - old.length, `cross-validation:${seed}`)
  return [...old, ...added].sort((a, b) => a - b)
}

/** Held-out logits over all dealings: their mean. */
export function meanOf(lists: readonly Float32Array[]): Float32Array {
  return lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length)
}
