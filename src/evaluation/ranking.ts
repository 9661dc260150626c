/** What is taken at a threshold: all images, or answers, that score at least `score`. */
export interface Cut {
  readonly score: number
  /** How many are taken, and how many of them rightly. */
  readonly taken: number
  readonly right: number
}

/**
 * Cuts at each distinct score, the largest first.
 *
 * @param scores of a list of images: probabilities of one class, or those of the answers
 * @param isPositive whether an image is rightly taken
 */
export function cutsOf(scores: ArrayLike<number>, isPositive: (image: number) => boolean): Cut[] {
  const order = Array.from({ length: scores.length }, (_, image) => image).sort((a, b) => scores[b]! - scores[a]!)
  const cuts: Cut[] = []
  let right = 0
  order.forEach((image, i) => {
    if (isPositive(image)) right++
    if (i + 1 === order.length || scores[order[i + 1]!] !== scores[image])
      cuts.push({ score: scores[image]!, taken: i + 1, right })
  })
  return cuts
}

/**
 * Of all pairs of one image that is rightly taken and one that is not, how many rank the former higher, ties counting
 * half: the Mann-Whitney statistic. `won / pairs` is the area under the ROC curve.
 */
export function pairsWon(cuts: readonly Cut[]): { readonly won: number; readonly pairs: number } {
  const all = cuts.at(-1) ?? { taken: 0, right: 0 }
  const wrong = all.taken - all.right
  let won = 0
  let before = { taken: 0, right: 0 }
  for (const cut of cuts) {
    const wrongAbove = before.taken - before.right
    const wrongHere = cut.taken - cut.right - wrongAbove
    won += (cut.right - before.right) * (wrong - wrongAbove - wrongHere / 2)
    before = cut
  }
  return { won, pairs: all.right * wrong }
}

/** A threshold, and the F1 score of taking an image for the class from it on. */
export interface BestThreshold {
  /** 0..1 */
  readonly threshold: number
  /** 0..1 */
  readonly f1: number
}

/**
 * Average precision, AP = Σₙ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores from the largest down, with precision P and recall
 * R at each of them (Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, 8.4; scikit-learn's
 * `average_precision_score`). Images of equal scores are taken together.
 *
 * @returns 0..1; `null` where no image shows the class
 */
export function averagePrecision(cuts: readonly Cut[]): number | null {
  const positives = cuts.at(-1)?.right ?? 0
  if (positives === 0) return null
  let sum = 0
  let before = 0
  for (const { taken, right } of cuts) {
    sum += (right - before) * (right / taken)
    before = right
  }
  // Divided once: a sum of quotients exceeds 1 by rounding, and manifests with such a figure would count as damaged.
  return sum / positives
}

/**
 * The threshold with the largest F1 = 2 right / (taken + positives) (van Rijsbergen, "Information Retrieval", 1979): of
 * several the lowest, which takes most images. It lies half-way between the least score taken and the next lower one,
 * which is 0 where all are taken, so that other images may score a little less.
 *
 * @returns `null` where no image shows the class
 */
export function bestThreshold(cuts: readonly Cut[]): BestThreshold | null {
  const positives = cuts.at(-1)?.right ?? 0
  if (positives === 0) return null
  let best = 0
  cuts.forEach(({ taken, right }, i) => {
    const other = cuts[best]!
    // Products of whole numbers: quotients that are equal could differ by rounding.
    if (right * (other.taken + positives) >= other.right * (taken + positives)) best = i
  })
  const { score, taken, right } = cuts[best]!
  const lower = cuts[best + 1]?.score ?? 0
  return { threshold: (score + lower) / 2, f1: (2 * right) / (taken + positives) }
}
