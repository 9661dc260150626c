import type { ImageRecord } from './evaluation-record.js'
import { cutsOf } from './ranking.js'

/** Answers with their confidence: the probability of each, 0..1, and 1 where it is right, else 0. */
export interface Answers {
  readonly confidence: ArrayLike<number>
  readonly right: ArrayLike<number>
}

/** The first answers of records. */
export function answersOf(records: readonly ImageRecord[]): Answers {
  return {
    confidence: Float64Array.from(records, ({ answers }) => answers[0]!.probability),
    right: Uint8Array.from(records, ({ error }) => (error === null ? 1 : 0)),
  }
}

/** The answers whose confidence lies in (low, high]; the first bin holds 0 as well. */
export interface ReliabilityBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean confidence, 0..1; `null` without answers. */
  readonly confidence: number | null
  /** Share of right answers, 0..1; `null` without answers. */
  readonly accuracy: number | null
}

/** Bins of equal width for a reliability diagram (Guo et al., On calibration of modern neural networks, 2017). */
export function reliabilityBins({ confidence, right }: Answers, bins = 15): ReliabilityBin[] {
  const tallies = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }))
  for (let i = 0; i < confidence.length; i++) {
    const tally = tallies[Math.min(bins - 1, Math.max(0, Math.ceil(confidence[i]! * bins) - 1))]!
    tally.count++
    tally.confidence += confidence[i]!
    tally.right += right[i]!
  }
  return tallies.map(({ count, ...sums }, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count,
    confidence: count === 0 ? null : sums.confidence / count,
    accuracy: count === 0 ? null : sums.right / count,
  }))
}

/**
 * Expected calibration error: Σ over equal bins of confidence of |accuracy − mean confidence|, each bin by its share of
 * all answers (Guo et al., 2017). `NaN` for none.
 */
export function expectedCalibrationError(answers: Answers, bins = 15): number {
  const gaps = reliabilityBins(answers, bins).map(({ count, confidence, accuracy }) =>
    count === 0 ? 0 : count * Math.abs(accuracy! - confidence!),
  )
  return gaps.reduce((sum, gap) => sum + gap, 0) / answers.confidence.length
}

/** What comes of rejecting all answers below a threshold. */
export interface RiskAtCoverage {
  /** The least confidence that is kept. */
  readonly threshold: number
  /** Share of answers kept, in (0, 1]. */
  readonly coverage: number
  /** Share of wrong answers among those kept, 0..1. */
  readonly risk: number
}

/**
 * Risk against coverage (El-Yaniv and Wiener, On the foundations of noise-free selective classification, 2010), from
 * the highest threshold down, a point for each distinct confidence; answers of equal confidence are kept or rejected
 * together.
 */
export function riskCoverage({ confidence, right }: Answers): RiskAtCoverage[] {
  return cutsOf(confidence, (answer) => right[answer] === 1).map(({ score, taken, right: kept }) => ({
    threshold: score,
    coverage: taken / confidence.length,
    risk: (taken - kept) / taken,
  }))
}
