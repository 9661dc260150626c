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
 * set functions", 1978). What each item would add is kept up to date, at the cost of one row for every item that more
 * becomes known of: that becomes rare soon, so that even the order of all items is had quickly.
 *
 * @returns at most `most` items, the most useful first
 */
export function mostTelling({ count, similarity, weight, known }: CoverageProblem, most: number): number[] {
  const best = Float64Array.from(known)
  const gains = new Float64Array(count)
  /** Takes from all gains what an item adds to them below a level, of which it is now known. */
  const raise = (i: number, level: number) => {
    const [from, share] = [best[i]!, weight[i]!]
    for (let item = 0, at = i * count; item < count; item++, at++) {
      const told = similarity[at]!
      if (told > from) gains[item]! -= share * ((told < level ? told : level) - from)
    }
    best[i] = level
  }
  for (let i = 0; i < count; i++) {
    const [from, share] = [best[i]!, weight[i]!]
    for (let item = 0, at = i * count; item < count; item++, at++) {
      const more = similarity[at]! - from
      if (more > 0) gains[item]! += share * more
    }
  }
  const chosen: number[] = []
  while (chosen.length < Math.min(most, count)) {
    const item = largest(gains)
    chosen.push(item)
    gains[item] = -Infinity
    for (let i = 0; i < count; i++) {
      const level = similarity[item * count + i]!
      if (level > best[i]!) raise(i, level)
    }
  }
  return chosen
}

/** The place of the largest value, the first of equal ones. */
function largest(values: Float64Array): number {
  let place = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[place]!) place = i
  return place
}
