import { noOldTarget } from '../../src/features/table.js'
import type { HeldOutAnswers } from '../../src/calibration/held-out-answers.js'
import {
  heldOutRecords,
  type HeldOutImageRecord,
  type HeldOutImages,
  type HeldOutNames,
} from '../../src/calibration/held-out-records.js'
import { oldSpread } from '../../src/features/standout.js'
import { logSumExp } from '../../src/math/softmax.js'

/** One held-out image: what both heads say of it and what it shows. */
export interface Answer {
  /** Base logits. */
  readonly old: readonly number[]
  /** Added logits. */
  readonly added: readonly number[]
  /** The added class it shows; left out for an old image. */
  readonly shows?: number
  /** The base class an old image shows. */
  readonly showsOld?: number
}

/**
 * Sums answers up as training and extraction do.
 *
 * @param increment by column; all of one where left out
 */
export function heldOutAnswers(
  answers: readonly Answer[],
  merged: ReadonlyMap<number, number> = new Map(),
  increment?: readonly number[],
): HeldOutAnswers {
  const oldLogSumExp = Float32Array.from(answers, ({ old }) => logSumExp(old))
  const spreads = answers.map(({ old }) => oldSpread(Float32Array.from(old)))
  const classes = answers[0]!.added.length
  return {
    rows: {
      classes,
      oldLogSumExp,
      oldTarget: Float32Array.from(answers, ({ old, shows }, row) => {
        if (shows === undefined) return oldLogSumExp[row]!
        return merged.has(shows) ? old[merged.get(shows)!]! : noOldTarget
      }),
      target: Int32Array.from(answers, ({ shows }) => shows ?? -1),
      oldBest: Float32Array.from(answers, ({ old }) => Math.max(...old)),
      oldMedian: Float32Array.from(spreads, ({ median }) => median),
      oldDeviation: Float32Array.from(spreads, ({ deviation }) => deviation),
      oldClass: Int32Array.from(answers, ({ old }) => old.indexOf(Math.max(...old))),
      label: Int32Array.from(answers, ({ shows, showsOld }) => shows ?? showsOld ?? -1),
      image: Int32Array.from(answers.keys()),
      file: Int32Array.from(answers.keys()),
    },
    logits: Float32Array.from(answers.flatMap(({ added }) => added)),
    merged,
    increment: Int32Array.from(increment ?? new Array<number>(classes).fill(0)),
  }
}

/** One shift for all columns. */
export function same({ rows }: HeldOutAnswers, shift: number): Float64Array {
  return new Float64Array(rows.classes).fill(shift)
}

/** At least five old classes, then the added ones; every row was read from a file of its number. */
export function namesOf({ rows, merged }: HeldOutAnswers): HeldOutNames {
  const old = Array.from({ length: 1 + Math.max(4, ...rows.oldClass) }, (_, index) => ({
    index,
    label: `old ${index}`,
    increment: 'base',
  }))
  let index = old.length
  const added = Array.from({ length: rows.classes }, (_, column) => {
    const base = merged.get(column)
    return base === undefined ? { index: index++, label: `added ${column}`, increment: 'new' } : old[base]!
  })
  return { old, added, files: Array.from(rows.target, (_, row) => `${row}.jpg`) }
}

export function imagesOf(answers: HeldOutAnswers, shifts = same(answers, 0)): HeldOutImages {
  return heldOutRecords(answers, shifts, namesOf(answers))
}

export function recordsOf(answers: HeldOutAnswers, shifts?: Float64Array): readonly HeldOutImageRecord[] {
  return imagesOf(answers, shifts).records
}

/** Images of every kind. */
export const mixedRows: Answer[] = [
  // Old images: kept, leaked, wrong before and after, righted by nothing, and one whose class is not known.
  { old: [5, 1], added: [0, 0], showsOld: 0 },
  { old: [1, 2], added: [3, 0], showsOld: 1 },
  { old: [4, 2], added: [0, 1], showsOld: 1 },
  { old: [4, 2], added: [0, 6], showsOld: 1 },
  { old: [0, 2], added: [1, 1] },
  // New images: right, mistaken for the other one, missed.
  { old: [0, 1], added: [2, 0], shows: 0 },
  { old: [0, 1], added: [2, 0], shows: 1 },
  { old: [0, 3], added: [2, 0], shows: 0 },
  { old: [0, 1], added: [0, 4], shows: 1 },
]
