import type { ImageRecord } from './evaluation-record.js'

/** Counts of answers: by true class, then by answer. Classes are arbitrary numbers. */
export type ConfusionMatrix = Map<number, Map<number, number>>

/** Figures of one class. */
export interface ClassFigures {
  readonly truth: number
  /** Number of its images. */
  readonly count: number
  /** How many of them were classified correctly. */
  readonly right: number
  /** Share of the images classified as this class that show it, 0..1; `null` without such images. */
  readonly precision: number | null
  /** The harmonic mean of precision and `right / count`, 0..1. */
  readonly f1: number
  /** Wrong answers to its images, the commonest first. */
  readonly takenFor: readonly { readonly answer: number; readonly count: number }[]
}

/** Counts one image. */
export function countAnswer(matrix: ConfusionMatrix, truth: number, answer: number): void {
  const row = matrix.get(truth) ?? new Map<number, number>()
  matrix.set(truth, row.set(answer, (row.get(answer) ?? 0) + 1))
}

/** Counts the first answers of records. */
export function confusionMatrix(records: readonly ImageRecord[]): ConfusionMatrix {
  const matrix: ConfusionMatrix = new Map()
  for (const { truth, answers } of records) countAnswer(matrix, truth.index, answers[0]!.index)
  return matrix
}

/** Labels of the classes that records show and of their first answers, by column. */
export function labelsIn(records: readonly ImageRecord[]): Map<number, string> {
  return new Map(
    records.flatMap(({ truth, answers }) => [truth, answers[0]!]).map(({ index, label }) => [index, label]),
  )
}

/** Figures of every class with images, in the order of the class numbers. */
export function classFigures(matrix: ConfusionMatrix): ClassFigures[] {
  const countOfAnswer = new Map<number, number>()
  for (const row of matrix.values()) {
    for (const [answer, count] of row) countOfAnswer.set(answer, (countOfAnswer.get(answer) ?? 0) + count)
  }
  return inOrder(matrix).map(([truth, row]) => {
    const count = [...row.values()].reduce((sum, one) => sum + one, 0)
    const right = row.get(truth) ?? 0
    const answered = countOfAnswer.get(truth) ?? 0
    return {
      truth,
      count,
      right,
      precision: answered === 0 ? null : right / answered,
      f1: (2 * right) / (count + answered),
      takenFor: inOrder(row)
        .filter(([answer]) => answer !== truth)
        .map(([answer, times]) => ({ answer, count: times }))
        .sort((a, b) => b.count - a.count),
    }
  })
}

/** All pairs of a class and a wrong answer, the commonest first. */
export function confusionsOf(
  classes: readonly ClassFigures[],
): { readonly truth: number; readonly answer: number; readonly count: number }[] {
  return classes
    .flatMap(({ truth, takenFor }) => takenFor.map((one) => ({ truth, ...one })))
    .sort((a, b) => b.count - a.count)
}

function inOrder<Value>(counts: ReadonlyMap<number, Value>): [number, Value][] {
  return [...counts].sort(([a], [b]) => a - b)
}
