import { cutsOf, pairsWon } from '../evaluation/ranking.js'

/** An image of one of two sets (side 0 or 1), by its row there. */
export interface StratumItem {
  readonly side: number
  readonly row: number
  readonly label: number
}

/** The images of two sets by class; only classes that both have. */
export interface Strata {
  /** First those of side 0, then those of side 1. */
  readonly items: readonly StratumItem[]
  /** [strata] */
  readonly labels: readonly number[]
  /** [count] the stratum of each item */
  readonly stratum: Int32Array
  /** By stratum: indices of its items. */
  readonly members: readonly (readonly number[])[]
  /** [strata] share of the items that are of side 1 */
  readonly share: readonly number[]
}

/** Fewest images of a class in either set. */
export const fewest = 2

export function strataOf(all: readonly StratumItem[]): Strata {
  const counts = new Map<number, [number, number]>()
  for (const { side, label } of all) {
    const count = counts.get(label) ?? [0, 0]
    count[side]!++
    counts.set(label, count)
  }
  const labels = [...counts]
    .filter(([, [a, b]]) => Math.min(a, b) >= fewest)
    .map(([label]) => label)
    .sort((a, b) => a - b)
  const place = new Map(labels.map((label, i) => [label, i]))
  const items = all.filter(({ label }) => place.has(label)).sort((a, b) => a.side - b.side)
  const stratum = Int32Array.from(items, ({ label }) => place.get(label)!)
  const members: number[][] = labels.map(() => [])
  stratum.forEach((one, i) => members[one]!.push(i))
  const share = labels.map((label) => counts.get(label)![1] / (counts.get(label)![0] + counts.get(label)![1]))
  return { items, labels, stratum, members, share }
}

/**
 * The number of ways to share the items out to the sides, with as many of each class on either side; infinite where it
 * is larger than numbers go.
 */
export function arrangements({ members, share }: Pick<Strata, 'members' | 'share'>): number {
  return members.reduce((ways, { length: all }, stratum) => {
    const taken = Math.round(share[stratum]! * all)
    for (let i = 1; i <= taken; i++) ways *= (all - taken + i) / i
    return ways
  }, 1)
}

/**
 * Probability that an item of side 1 scores above one of side 0 of its stratum, ties counting half: the Mann-Whitney
 * statistic over all pairs within strata.
 *
 * @param side [count] the side of each item, which need not be its own
 */
export function withinAuroc(
  { members }: Pick<Strata, 'members'>,
  side: ArrayLike<number>,
  scores: ArrayLike<number>,
): number {
  let won = 0
  let pairs = 0
  for (const own of members) {
    const cuts = cutsOf(
      own.map((i) => scores[i]!),
      (i) => side[own[i]!] === 1,
    )
    const here = pairsWon(cuts)
    won += here.won
    pairs += here.pairs
  }
  return won / pairs
}
