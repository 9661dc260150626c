import type { ImageRecord } from '../evaluation/evaluation-record.js'

/** Quantiles of two scores over held-out images of known classes, at 0, 1/200 … 1, to reject images by. */
export interface RejectionQuantiles {
  /** Of the largest probability; empty where nothing was held out. */
  readonly confidenceQuantiles: readonly number[]
  /**
   * Of how far the largest logit stands out (`ImageRecord`), which tells more; absent where that is not known of every
   * image.
   */
  readonly standoutQuantiles?: readonly number[]
}

/** The scores of one answer; see `ImageRecord`. */
export interface Sureness {
  /** The largest probability, 0..1. */
  readonly confidence: number
  readonly standout: number | null
}

/** Intervals of the stored quantile functions. */
const intervals = 200

/** The quantiles of held-out records, through which a false-reject rate becomes a threshold. */
export function rejectionQuantiles(records: readonly ImageRecord[]): RejectionQuantiles {
  const standouts = records.flatMap(({ standout }) => standout ?? [])
  return {
    confidenceQuantiles: quantilesOf(records.map(({ answers }) => answers[0]!.probability)),
    ...(standouts.length < records.length ? {} : { standoutQuantiles: quantilesOf(standouts) }),
  }
}

/**
 * Says of answers whether the image is taken to show none of the classes: where its largest logit stands out less than
 * those of held-out images do, or, where that is not known of them, where its largest probability is smaller.
 *
 * @param quantiles not both empty
 * @param falseRejectRate the share of images of known classes that may be rejected, 0..1
 */
export function rejecter(
  { confidenceQuantiles, standoutQuantiles }: RejectionQuantiles,
  falseRejectRate: number,
): (answer: Sureness) => boolean {
  if (standoutQuantiles === undefined) {
    const least = rejectThreshold(confidenceQuantiles, falseRejectRate)
    return ({ confidence }) => confidence < least
  }
  const least = rejectThreshold(standoutQuantiles, falseRejectRate)
  return ({ standout }) => standout === null || standout < least
}

/**
 * The score below which an image is rejected.
 *
 * @param quantiles of that score
 * @param falseRejectRate the share of images of known classes that may be rejected, 0..1
 */
export function rejectThreshold(quantiles: readonly number[], falseRejectRate: number): number {
  const position = falseRejectRate * (quantiles.length - 1)
  const below = Math.floor(position)
  const low = quantiles[below]!
  const high = quantiles[Math.min(below + 1, quantiles.length - 1)]!
  return low + (position - below) * (high - low)
}

function quantilesOf(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort()
  return Array.from(
    { length: intervals + 1 },
    (_, i) => Math.round(sorted[Math.round((i / intervals) * (sorted.length - 1))]! * 1e6) / 1e6,
  )
}
