import type { Label } from '../bundle/manifest.js'
import type { ImageRecord } from './evaluation-record.js'
import { averagePrecision, bestThreshold, cutsOf, type BestThreshold } from './ranking.js'

/**
 * Probabilities of some classes for every record: what ranks the images by one class, which a record's five answers do
 * not. It lies beside the records and not in them, since it is needed only once: 4 bytes a class and image, 22 MB for
 * 5,000 images and 1,100 classes, given free as soon as the figures by class are made. Only classes whose figures are
 * made have a place: those with images, and the added ones.
 */
export interface ClassScores {
  readonly classes: readonly Label[]
  /** Row-major [records × classes], 0..1. */
  readonly probabilities: Float32Array
}

/** How well the probability of a class tells its images from all others. */
export interface RankFigures {
  /** See `averagePrecision`. */
  readonly averagePrecision: number
  /** The threshold with the best F1, and that F1. */
  readonly best: BestThreshold
}

/**
 * Figures of every class among the scores that has images, by column.
 *
 * @param records in the order of the scores' rows
 */
export function rankFigures(
  records: readonly ImageRecord[],
  { classes, probabilities }: ClassScores,
): Map<number, RankFigures> {
  const figures = new Map<number, RankFigures>()
  classes.forEach(({ index }, place) => {
    const scores = Float32Array.from(records, (_, row) => probabilities[row * classes.length + place]!)
    const cuts = cutsOf(scores, (row) => records[row]!.truth.index === index)
    const best = bestThreshold(cuts)
    if (best !== null) figures.set(index, { averagePrecision: averagePrecision(cuts)!, best })
  })
  return figures
}
