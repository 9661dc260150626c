import { wilsonInterval } from '../math/wilson.js'

/** An accuracy with its 95 % interval, all in 0..1. */
export interface Estimate {
  readonly top1: number
  readonly low: number
  readonly high: number
  /** Size of the test that the interval is for. @default none: it is for the accuracy itself */
  readonly testImages?: number
}

/**
 * An accuracy and its variance as an interval: Wilson's for as many images as would have this variance by chance alone,
 * so that it stays within 0..1 and is lopsided near the ends.
 *
 * @param top1 0..1
 */
export function estimateOf(top1: number, variance: number): Estimate {
  // A share of exactly 0 or 1 has no variance left to compare with.
  const spread = Math.max(top1 * (1 - top1), 1e-4)
  return { top1, ...wilsonInterval(top1, spread / Math.max(variance, 1e-9)) }
}
