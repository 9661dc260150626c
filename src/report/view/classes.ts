import { classFigures, confusionMatrix } from '../../evaluation/confusion-matrix.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import type { IsNew } from './record.js'

/** How well the probability of a class tells its images from others. */
export interface ClassRank {
  readonly averagePrecision: number
  /** The probability from which on answers are best believed. */
  readonly threshold: number
}

/** Figures of one class, 0..1. */
export interface ClassRow {
  readonly label: string
  readonly isNew: boolean
  readonly count: number
  /** `null` where no image is taken for the class. */
  readonly precision: number | null
  readonly recall: number
  readonly f1: number
  /** `null` where it is not known. */
  readonly averagePrecision: number | null
  readonly threshold: number | null
  /** Places of its images that are answered wrongly. */
  readonly wrong: readonly number[]
}

/**
 * Every class with images: new ones first, each part in the order of columns.
 *
 * @param ranks by column
 */
export function classRows(
  records: readonly ImageRecord[],
  ranks: ReadonlyMap<number, ClassRank>,
  isNew: IsNew,
): ClassRow[] {
  const labels = new Map(records.map(({ truth }) => [truth.index, truth]))
  const wrong = new Map<number, number[]>([...labels.keys()].map((index) => [index, []]))
  records.forEach((record, place) => {
    if (record.error !== null) wrong.get(record.truth.index)!.push(place)
  })
  return classFigures(confusionMatrix(records))
    .map(({ truth, count, right, precision, f1 }): ClassRow => {
      const label = labels.get(truth)!
      return {
        label: label.label,
        isNew: isNew(label),
        count,
        precision,
        recall: right / count,
        f1,
        averagePrecision: ranks.get(truth)?.averagePrecision ?? null,
        threshold: ranks.get(truth)?.threshold ?? null,
        wrong: wrong.get(truth)!,
      }
    })
    .sort((a, b) => Number(b.isNew) - Number(a.isNew))
}
