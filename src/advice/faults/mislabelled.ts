import type { RankedLabel } from '../findings.js'
import { fewestToJudge } from '../data-set/class-counts.js'
import type { LabelledFile } from '../data-set/picture-table.js'

/** A class of a smaller probability is all but ruled out, as an hypothesis is at the usual level of a test. */
const ruledOut = 1 / 20

/**
 * Ranks images by how probably they lie in the wrong folder: by 1 − p, where p is the probability of the image's own
 * class among the added ones, from heads that did not see the image.
 *
 * Those that are `likely` wrong are the off-diagonal of the confident joint (Northcutt, Jiang and Chuang, "Confident
 * Learning: Estimating Uncertainty in Dataset Labels", 2021): images that are as sure of another class as the images of
 * that class are in the mean, and of no class more; and images whose own class is all but ruled out. The latter may
 * be as sure of no other class, where several share them.
 *
 * Of a class with hardly any pictures there is no verdict: its images have score 0, and no image is taken for its own.
 *
 * @param probabilities row-major [images × columns], held out
 * @param columnNames names of the columns
 * @param pictures [columns] different pictures that heads learned from
 */
export function rankLabels(
  images: readonly LabelledFile[],
  probabilities: Float32Array,
  columnNames: readonly string[],
  pictures: ArrayLike<number>,
): RankedLabel[] {
  const k = columnNames.length
  if (k < 2) return []
  const thresholds = meanConfidence(images, probabilities, pictures)
  return images
    .map(({ file, column }, i): RankedLabel => {
      const own = probabilities.subarray(i * k, (i + 1) * k)
      const suggested = bestBut(own, (other) => other === column)
      const confident = bestBut(own, (other) => own[other]! < thresholds[other]!)
      const isJudged = pictures[column]! >= fewestToJudge
      return {
        file,
        label: columnNames[column]!,
        suggested: columnNames[suggested]!,
        score: isJudged ? 1 - own[column]! : 0,
        likely: isJudged && ((confident >= 0 && confident !== column) || own[column]! < ruledOut),
      }
    })
    .sort((a, b) => b.score - a.score)
}

/** [k] the mean probability of a class among its own images; above 1 for a class of too few images here. */
function meanConfidence(
  images: readonly LabelledFile[],
  probabilities: Float32Array,
  pictures: ArrayLike<number>,
): Float64Array {
  const k = pictures.length
  const sums = new Float64Array(k)
  const counts = new Float64Array(k)
  images.forEach(({ column }, i) => {
    sums[column]! += probabilities[i * k + column]!
    counts[column]!++
  })
  return sums.map((sum, column) =>
    counts[column]! < fewestToJudge || pictures[column]! < fewestToJudge ? 2 : sum / counts[column]!,
  )
}

/** The column of the largest value; -1 where all are left out. */
function bestBut(values: Float32Array, leftOut: (column: number) => boolean): number {
  let best = -1
  values.forEach((value, column) => {
    if (!leftOut(column) && (best < 0 || value > values[best]!)) best = column
  })
  return best
}
