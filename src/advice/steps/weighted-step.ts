import type { Advice } from '../advice.js'
import type { AdviceStep, Gain } from '../steps.js'

/** What the steps are taken from. */
export interface Findings extends Pick<
  Advice,
  | 'folder'
  | 'classes'
  | 'images'
  | 'unreadable'
  | 'duplicates'
  | 'mislabelled'
  | 'outliers'
  | 'similar'
  | 'overlap'
  | 'giveaways'
  | 'test'
  | 'expected'
  | 'learningCurve'
  | 'case'
> {
  /** What leaving out the images that are probably mislabelled would bring; `null` where it was not measured. */
  readonly gainOfCleaning: Gain | null
}

/** A step with how much it matters, in accuracy: its gain where that is known, else a guess. */
export interface WeightedStep extends Omit<AdviceStep, 'files'> {
  readonly weight: number
  readonly files?: readonly string[]
}
