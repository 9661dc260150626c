import { cutsOf, pairsWon } from './ranking.js'

/** Share of answers that are right; `NaN` for none. */
export function accuracy(answer: ArrayLike<number>, truth: ArrayLike<number>): number {
  return mean(Array.from(answer, (one, i) => (one === truth[i] ? 1 : 0)))
}

/** Mean of the accuracies of the classes that occur in `truth`; `NaN` for none. */
export function macroAccuracy(answer: ArrayLike<number>, truth: ArrayLike<number>): number {
  const tally = new Map<number, { count: number; right: number }>()
  for (let i = 0; i < truth.length; i++) {
    const { count, right } = tally.get(truth[i]!) ?? { count: 0, right: 0 }
    tally.set(truth[i]!, { count: count + 1, right: right + (answer[i] === truth[i] ? 1 : 0) })
  }
  return mean([...tally.values()].map(({ count, right }) => right / count))
}

/** 2ab / (a + b); 0 where both are 0. */
export function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b)
}

/**
 * Forgetting after the last step: mean over the earlier steps t of (max over i of a[i][t]) − a[last][t].
 *
 * @param accuracies a[T][t]: accuracy on step t's classes after step T, t ≤ T
 */
export function forgetting(accuracies: readonly (readonly number[])[]): number {
  const last = accuracies.at(-1)!
  return mean(last.slice(0, -1).map((now, t) => Math.max(...accuracies.slice(t).map((after) => after[t]!)) - now))
}

/**
 * Probability that a known sample scores above an unknown one, ties counting half: the area under the ROC curve.
 */
export function auroc(known: ArrayLike<number>, unknown: ArrayLike<number>): number {
  const { won, pairs } = pairsWon(cutsOf([...Array.from(known), ...Array.from(unknown)], (i) => i < known.length))
  return won / pairs
}

/** Share of unknown samples at or above the threshold that keeps a share `kept` of the known ones; `NaN` for none. */
export function falsePositiveRate(known: ArrayLike<number>, unknown: ArrayLike<number>, kept = 0.95): number {
  if (known.length === 0) return NaN
  const largestFirst = Float64Array.from(known).sort().reverse()
  const threshold = largestFirst[Math.ceil(kept * largestFirst.length) - 1]!
  return mean(Array.from(unknown, (score) => (score >= threshold ? 1 : 0)))
}

/** Share of items for which the predicate holds, 0..1; `NaN` for none. */
export function shareOf<T>(some: readonly T[], holds: (one: T) => boolean): number {
  return mean(some.map((one) => (holds(one) ? 1 : 0)))
}

/** The arithmetic mean; `NaN` for none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}
