import type { Remedy } from '../core/remedies.js'

export type AdviceKind =
  | 'read-failures'
  | 'contradictions'
  | 'test-duplicates'
  | 'labels'
  | 'outliers'
  | 'giveaway'
  | 'overlap'
  | 'similar'
  | 'few-images'
  | 'uneven'
  | 'more-images'
  | 'test-shift'
  | 'case'
  | 'ready'

export interface AdviceStep {
  readonly kind: AdviceKind
  /** What is the matter, and what to do: a sentence or two. */
  readonly message: string
  /** What to do in terms of this program, where it can help. */
  readonly remedy?: Remedy
  /** How much this is likely to raise `expected.top1`; `null` where that is not known. */
  readonly gain: Gain | null
  /** The files that it is about, worst first, up to 20. */
  readonly files: readonly string[]
}

export interface Gain {
  /** Difference of accuracies, a fraction. */
  readonly top1: number
  /** `measured`: by cross-validation with and without; `forecast`: from the learning curve. */
  readonly how: 'measured' | 'forecast'
}
