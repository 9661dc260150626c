import type { PassedOverKind } from '../folders/passed-over.js'
import type { LearningCurvePoint } from './curve-from-answers.js'
import type { DomainShift } from './domain-shift.js'
import type { Estimate } from './estimate.js'
import type {
  AdvisedClass,
  Duplicates,
  Giveaway,
  JudgedClasses,
  OverlappingClass,
  RankedLabel,
  RankedOutlier,
  SimilarClasses,
  TestComparison,
  TransferCase,
} from './findings.js'
import type { AdviceStep } from './steps.js'

/** What a data set is like, what to expect of it, and what to do; lists come worst first, scores lie in 0..1. */
export interface Advice {
  /** The folder that was looked at, as it was given. */
  readonly folder: string
  /** The model or bundle that the images would be added to, as it was named. */
  readonly model: string
  /** The classes of the folder, sorted by label. */
  readonly classes: readonly AdvisedClass[]
  /**
   * `given` is `used` + `unreadable` + `duplicate`; copies and near-duplicates within a class count as one image, equal
   * files of several classes as none.
   */
  readonly images: {
    readonly given: number
    readonly used: number
    readonly unreadable: number
    readonly duplicate: number
  }
  /** Images that cannot be read, or that the model cannot process, each with a sentence that says why. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that belong to no class or are not images, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** Groups of files that show one picture: first those across training and test images, then those across classes. */
  readonly duplicates: readonly Duplicates[]
  /**
   * Of how many classes there are pictures enough to look for what the lists below are about: of none, an empty list
   * says nothing.
   */
  readonly judged: JudgedClasses
  /** Every image that is used, the one most probably in the wrong folder first; empty where there is a single class. */
  readonly mislabelled: readonly RankedLabel[]
  /** Every image that is used, the one least like its class first; with score 0 those of classes of fewer than five. */
  readonly outliers: readonly RankedOutlier[]
  /** Pairs of classes that are taken for each other. */
  readonly similar: readonly SimilarClasses[]
  /** Classes that exist already, among the old ones or those added earlier. */
  readonly overlap: readonly OverlappingClass[]
  /** What tells a class apart although it has nothing to do with it. */
  readonly giveaways: readonly Giveaway[]
  /**
   * How far the images are from those that the base model learned from, with the distances of known sets as a ruler;
   * `null` where there are no old images to compare with.
   */
  readonly shift: DomainShift | null
  /** How far the test images are from those of the folder; `null` without test images. */
  readonly test: TestComparison | null
  /**
   * The accuracy to expect of new images of the added classes, over all old and new classes: by cross-validation, with
   * a 95 % interval; `null` where there are too few images to hold some out, or too many classes.
   */
  readonly expected: Estimate | null
  /**
   * Accuracy by number of images a class, ascending; the last ones, marked `forecast`, are extrapolated to all images
   * and to twice as many. Those kept of a bundle are trained with and not counted. Empty where there are too few images
   * to leave some of them out, or too many classes.
   */
  readonly learningCurve: readonly LearningCurvePoint[]
  /** Which of the four classic cases of transfer learning this is; `null` where no image can be used. */
  readonly case: TransferCase | null
  /** What to do, the most useful first. */
  readonly advice: readonly AdviceStep[]
  readonly warnings: readonly string[]
  readonly seconds: Readonly<Record<string, number>>
}
