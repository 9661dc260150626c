import { isAdded } from '../bundle/manifest.js'
import type { RankFigures } from './class-scores.js'
import { classFigures, confusionMatrix, confusionsOf, labelsIn } from './confusion-matrix.js'
import { isAddedRight, isEitherRight, type ImageRecord } from './evaluation-record.js'
import { harmonicMean, shareOf } from './metrics.js'
import type { BestThreshold } from './ranking.js'
import { oldAndNewFigures, outcomeOf, type OldAndNewFigures } from './old-and-new.js'

export interface EvaluationFigures extends OldAndNewFigures {
  readonly count: number
  readonly top1: number
  readonly top5: number
  /**
   * Share of images for which the base model's own answer or the best added class is right, so that only the choice
   * between the two can be wrong. Of old images alone it is `old.top1Base`, of new ones `new.top1Alone`.
   */
  readonly either: number
  /** `top1Alone`: top-1 accuracy with the choice limited to added classes; `null` without new images. */
  readonly new: (NonNullable<OldAndNewFigures['new']> & { readonly top1Alone: number }) | null
  /** `null` unless there are both old and new images. */
  readonly harmonicMean: number | null
  /** Every class with images, in column order. */
  readonly perClass: readonly {
    readonly label: string
    readonly count: number
    readonly top1: number
    /** Share of the images predicted as this class that show it; `null` without such images. */
    readonly precision: number | null
    /** Equal to `top1`. */
    readonly recall: number
    readonly f1: number
    /** Mean precision over the class's images, ranked by its probability; `null` where that is not known. */
    readonly averagePrecision: number | null
    /** The probability from which on F1 is best, 0..1, and that F1, whatever the first answer is. */
    readonly bestF1: BestThreshold | null
  }[]
  /** Pairs of a class and a wrong answer, the commonest first. */
  readonly confusions: readonly { readonly label: string; readonly predicted: string; readonly count: number }[]
}

/**
 * @param records of one classifier
 * @param ranks by column. @default not known
 */
export function evaluationFigures(
  records: readonly ImageRecord[],
  ranks?: ReadonlyMap<number, RankFigures>,
): EvaluationFigures {
  const {
    old,
    new: added,
    leak,
    miss,
  } = oldAndNewFigures(records.map((record) => outcomeOf(record, isAdded(record.truth))))
  const labelOf = labelsIn(records)
  const classes = classFigures(confusionMatrix(records))
  return {
    count: records.length,
    top1: shareOf(records, ({ error }) => error === null),
    top5: shareOf(records, ({ truth, answers }) => answers.some(({ index }) => index === truth.index)),
    either: shareOf(records, isEitherRight),
    old,
    new: added && {
      ...added,
      top1Alone: shareOf(
        records.filter(({ truth }) => isAdded(truth)),
        isAddedRight,
      ),
    },
    harmonicMean: old && added && harmonicMean(old.top1, added.top1),
    leak,
    miss,
    perClass: classes.map(({ truth, count, right, precision, f1 }) => ({
      label: labelOf.get(truth)!,
      count,
      top1: right / count,
      precision,
      recall: right / count,
      f1,
      averagePrecision: ranks?.get(truth)?.averagePrecision ?? null,
      bestF1: ranks?.get(truth)?.best ?? null,
    })),
    confusions: confusionsOf(classes).map(({ truth, answer, count }) => ({
      label: labelOf.get(truth)!,
      predicted: labelOf.get(answer)!,
      count,
    })),
  }
}
