import type { PassedOverKind } from '../folders/passed-over.js'
import type { EvaluationFigures } from './evaluation-figures.js'
import type { EvaluationRecord } from './evaluation-record.js'
import type { WrongAnswer } from './wrong-answers.js'

/** How a classifier does on a folder of images, and what became of each of them. */
export interface Evaluation extends EvaluationFigures {
  /** Images that were answered wrongly, the surest answers first; only where they were asked for. */
  readonly wrong?: readonly WrongAnswer[]
  /** Images that could not be read. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that belong to no class or are no pictures, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** Sentences on what may not have been meant: where the classes were found, folders without a picture. */
  readonly warnings: readonly string[]
  /** Folders that name no class, and were left out. */
  readonly skipped: readonly { readonly folder: string; readonly images: number }[]
  /** Every image that could be read, by class and path; the figures are functions of them. */
  readonly records: readonly EvaluationRecord[]
}
