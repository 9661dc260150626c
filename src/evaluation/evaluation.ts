import type { PassedOverKind } from '../folders/passed-over.js'
import type { EvaluationFigures } from './evaluation-figures.js'
import type { EvaluationRecord } from './evaluation-record.js'
import type { WrongAnswer } from './wrong-answers.js'

/** The result of evaluating a classifier on a folder of images. */
export interface Evaluation extends EvaluationFigures {
  /** Wrongly answered images, the most confident answers first; only if requested. */
  readonly wrong?: readonly WrongAnswer[]
  /** Images that could not be read. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that belong to no class or are not images, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** Sentences on what may be unintended: where the classes were found, folders without images. */
  readonly warnings: readonly string[]
  /** Folders that name no class and were skipped. */
  readonly skipped: readonly { readonly folder: string; readonly images: number }[]
  /** All readable images, by class and path; the figures are computed from them. */
  readonly records: readonly EvaluationRecord[]
}
