/**
 * How often images of one class were taken for another: counts by what they show, then by the answer. Classes are any
 * numbers.
 */
export type ConfusionMatrix = Map<number, Map<number, number>>

/** How a class does. */
export interface ClassFigures {
  readonly truth: number
  /** Its images. */
  readonly count: number
  /** How many of them were recognised. */
  readonly right: number
  /** Of the images that were taken for it, the share that show it, 0..1; `null` where there were none. */
  readonly precision: number | null
  /** The harmonic mean of precision and `right / count`, 0..1. */
  readonly f1: number
  /** What the others were taken for, the commonest first. */
  readonly takenFor: readonly { readonly answer: number; readonly count: number }[]
}

/** Counts one image. */
export function countAnswer(matrix: ConfusionMatrix, truth: number, answer: number): void {
  const row = matrix.get(truth) ?? new Map<number, number>()
  matrix.set(truth, row.set(answer, (row.get(answer) ?? 0) + 1))
}

/** The figures of every class that has images, in the order of the classes' numbers. */
export function classFigures(matrix: ConfusionMatrix): ClassFigures[] {
  const takenForIt = new Map<number, number>()
  for (const row of matrix.values()) {
    for (const [answer, count] of row) takenForIt.set(answer, (takenForIt.get(answer) ?? 0) + count)
  }
  return inOrder(matrix).map(([truth, row]) => {
    const count = [...row.values()].reduce((sum, one) => sum + one, 0)
    const right = row.get(truth) ?? 0
    const answered = takenForIt.get(truth) ?? 0
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

/** Every pair of classes of which one was taken for the other, the commonest first. */
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
