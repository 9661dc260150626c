export interface CoverageProblem {
  /** Number of items. */
  readonly count: number
  /** Row-major [count × count], symmetric: how much an item tells about another, 0..1. */
  readonly similarity: Float32Array
  /** [count] how much it matters to know about an item, 0 or above */
  readonly weight: ArrayLike<number>
  /** [count] how much is known about an item already, 0..1 */
  readonly known: ArrayLike<number>
}

/**
 * The items that together tell most about all: those of largest Σ_i weight_i · max(known_i, max_j similarity_ij) over
 * chosen j. This is facility location, which is submodular, so that choosing the best item again and again comes within
 * 1 − 1/e of the best choice (Nemhauser, Wolsey and Fisher, "An analysis of approximations for maximizing submodular
 * set functions", 1978), and what an item adds can only fall: a bound that was the best and still holds is the best
 * (Minoux, "Accelerated greedy algorithms", 1978).
 *
 * @returns at most `most` items, the most useful first
 */
export function mostTelling({ count, similarity, weight, known }: CoverageProblem, most: number): number[] {
  const best = Float64Array.from(known)
  const gainOf = (item: number) => {
    let gain = 0
    for (let i = 0, at = item * count; i < count; i++, at++) {
      const more = similarity[at]! - best[i]!
      if (more > 0) gain += weight[i]! * more
    }
    return gain
  }
  const bounds = Float64Array.from({ length: count }, (_, item) => gainOf(item))
  const chosen: number[] = []
  while (chosen.length < Math.min(most, count)) {
    const item = largest(bounds)
    bounds[item] = gainOf(item)
    if (largest(bounds) !== item) continue
    chosen.push(item)
    bounds[item] = -1
    for (let i = 0; i < count; i++) best[i] = Math.max(best[i]!, similarity[item * count + i]!)
  }
  return chosen
}

/** The place of the largest value, the first of equal ones. */
function largest(values: Float64Array): number {
  let place = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[place]!) place = i
  return place
}
