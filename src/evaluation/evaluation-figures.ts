import { classFigures, confusionsOf, countAnswer, type ConfusionMatrix } from './confusion-matrix.js'
import type { ImageRecord } from './image-record.js'

export interface EvaluationFigures {
  readonly count: number
  readonly top1: number
  readonly top5: number
  /** `top1Base`: the base model's own top-1 on the same images; `null` without old images. */
  readonly old: { readonly count: number; readonly top1: number; readonly top1Base: number } | null
  /** `top1Alone`: top-1 among the added classes alone; `null` without new images. */
  readonly new: { readonly count: number; readonly top1: number; readonly top1Alone: number } | null
  /** `null` unless there are both old and new images. */
  readonly harmonicMean: number | null
  /** Share of old images predicted as new; `null` without old images. */
  readonly leak: number | null
  /** Share of new images predicted as old; `null` without new images. */
  readonly miss: number | null
  /** Every class that has images, in the order of the columns. */
  readonly perClass: readonly {
    readonly label: string
    readonly count: number
    readonly top1: number
    /** Of the images predicted as this class, the share that show it; `null` where there are none. */
    readonly precision: number | null
    /** The same as `top1`. */
    readonly recall: number
    readonly f1: number
  }[]
  /** Which classes were taken for which, the commonest first. */
  readonly confusions: readonly { readonly label: string; readonly predicted: string; readonly count: number }[]
}

interface Tally {
  inFive: number
  old: { count: number; right: number; base: number; leak: number }
  new: { count: number; right: number; alone: number; miss: number }
  readonly matrix: ConfusionMatrix
}

/** Counts images one by one; none of them is kept. */
export interface EvaluationTally {
  add(record: ImageRecord): void
  /** @param labels every column's label */
  figures(labels: readonly { readonly label: string }[]): EvaluationFigures
}

/** @param n N: columns before it are old classes, merged ones among them */
export function evaluationTally(n: number): EvaluationTally {
  const tally: Tally = {
    inFive: 0,
    old: { count: 0, right: 0, base: 0, leak: 0 },
    new: { count: 0, right: 0, alone: 0, miss: 0 },
    matrix: new Map(),
  }
  return { add: (record) => count(tally, record, n), figures: (labels) => figuresOf(tally, labels) }
}

function count(tally: Tally, { truth, answer, rank, bestOld, bestAdded }: ImageRecord, n: number): void {
  countAnswer(tally.matrix, truth, answer)
  if (rank < 5) tally.inFive++
  const side = truth < n ? tally.old : tally.new
  side.count++
  if (answer === truth) side.right++
  if (truth < n) {
    if (bestOld === truth) tally.old.base++
    if (answer >= n) tally.old.leak++
  } else {
    if (bestAdded === truth) tally.new.alone++
    if (answer < n) tally.new.miss++
  }
}

function figuresOf(
  { inFive, old, new: added, matrix }: Tally,
  labels: readonly { readonly label: string }[],
): EvaluationFigures {
  const nameOf = (column: number) => labels[column]!.label
  const all = old.count + added.count
  const oldTop1 = old.right / old.count
  const newTop1 = added.right / added.count
  const classes = classFigures(matrix)
  return {
    count: all,
    top1: (old.right + added.right) / all,
    top5: inFive / all,
    old: old.count === 0 ? null : { count: old.count, top1: oldTop1, top1Base: old.base / old.count },
    new: added.count === 0 ? null : { count: added.count, top1: newTop1, top1Alone: added.alone / added.count },
    harmonicMean: old.count === 0 || added.count === 0 ? null : harmonicMean(oldTop1, newTop1),
    leak: old.count === 0 ? null : old.leak / old.count,
    miss: added.count === 0 ? null : added.miss / added.count,
    perClass: classes.map(({ truth, count: images, right, precision, f1 }) => ({
      label: nameOf(truth),
      count: images,
      top1: right / images,
      precision,
      recall: right / images,
      f1,
    })),
    confusions: confusionsOf(classes).map(({ truth, answer, count: times }) => ({
      label: nameOf(truth),
      predicted: nameOf(answer),
      count: times,
    })),
  }
}

function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b)
}
