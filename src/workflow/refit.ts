import { selectRows, type FeatureTable } from '../bottleneck/table.js'
import type { Increment } from '../bundle/manifest.js'
import type { MergedColumns, OldAnswers } from '../calibration/decide.js'
import { heldOutFigures, type HeldOutFigures } from '../calibration/held-out.js'
import { oldDropGuard, priorShift } from '../calibration/old-drop-guard.js'
import { concat } from '../math/concat.js'
import type { CallOptions } from '../core/progress.js'
import { train } from '../head/cross-validate.js'
import { openOrtEvaluator } from '../head/ort-evaluator.js'
import { buildTrainingSet } from '../head/training-set.js'
import type { Head, TrainingSet } from '../head/types.js'

/** An increment with its kept features. */
export interface IncrementFeatures {
  readonly increment: Increment
  readonly table: FeatureTable
}

export interface RefitOptions extends CallOptions {
  readonly seed: number
  readonly maxOldDrop?: number
  readonly prior: number
}

export interface Refit {
  /** One head per increment, in order, shift included. */
  readonly heads: readonly Head[]
  /** What was added to every added logit: prior and guard. */
  readonly shift: number
  readonly regularisation: number
  readonly heldOut: HeldOutFigures
}

/** Values of ρ that cross-validation chooses among. */
const regularisations = [3e-2, 1e-2, 3e-3]
const folds = 5
/** Progress is shown against this many optimiser steps, a usual number. */
const expectedSteps = 60

/** Trains the heads of all increments together, and calibrates them on held-out rows. */
export async function refit(increments: readonly IncrementFeatures[], rehearsal: FeatureTable | undefined, options: RefitOptions): Promise<Refit> {
  const merged = mergedColumns(increments.map(({ increment }) => increment))
  // Old images of a merged class are no counter-examples to it.
  const mergedInto = new Set(merged.values())
  const old = rehearsal && selectRows(rehearsal, (row) => !mergedInto.has(rehearsal.label[row]!))
  const tables = increments.map(({ increment, table }) => ({ table, classes: increment.classes.length }))
  const set = buildTrainingSet({ increments: tables, rehearsal: old })
  const all = [...tables.map(({ table }) => table), ...(old ? [old] : [])]
  const answers: OldAnswers = { oldBest: concat(Float32Array, all.map((t) => t.oldBest)), oldClass: concat(Int32Array, all.map((t) => t.oldClass)) }
  const oldLabel = concat(Int32Array, all.map((table) => (table === old ? table.label : new Int32Array(table.count).fill(-1))))
  const plain = (row: number) => row === 0 || set.image[row] !== set.image[row - 1]

  const evaluator = await openOrtEvaluator(set)
  try {
    const { signal, onProgress } = options
    const report = (done: number) => onProgress?.({ type: 'progress', stage: 'train', done, total: expectedSteps, unit: 'steps' })
    let steps = 0
    report(0)
    const training = await train(set, evaluator, {
      regularisations,
      folds,
      seed: options.seed,
      signal,
      onStep: () => report(Math.min(++steps, expectedSteps - 1)),
    })
    report(expectedSteps)
    const shift = calibrate(set, answers, oldLabel, plain, training.heldOut, merged, options)
    const heldOut = heldOutFigures(set, answers, oldLabel, plain, training.heldOut, shift, merged)
    return { heads: splitHead(shifted(training.fit.head, shift), tables.map(({ classes }) => classes)), shift, regularisation: training.regularisation, heldOut }
  } finally {
    await evaluator.close()
  }
}

/** Prior first; then the guard takes off what the allowed drop asks for. */
function calibrate(
  set: TrainingSet,
  answers: OldAnswers,
  oldLabel: Int32Array,
  plain: (row: number) => boolean,
  scores: Float32Array,
  merged: MergedColumns,
  { prior, maxOldDrop }: RefitOptions,
): number {
  const shift = priorShift(prior)
  if (maxOldDrop === undefined) return shift
  const margins: number[] = []
  let count = 0
  set.target.forEach((label, row) => {
    if (label >= 0 || !plain(row)) return
    count++
    const truth = oldLabel[row]! < 0 ? answers.oldClass[row]! : oldLabel[row]!
    if (answers.oldClass[row] !== truth) return
    let best = -Infinity
    for (let column = 0; column < set.classes; column++) {
      if (merged.get(column) !== truth) best = Math.max(best, scores[row * set.classes + column]!)
    }
    margins.push(best + shift - answers.oldBest[row]!)
  })
  return shift - oldDropGuard(Float64Array.from(margins), count, maxOldDrop)
}

/** Column → base class over all increments' columns. */
export function mergedColumns(increments: readonly Increment[]): MergedColumns {
  const columns = increments.flatMap(({ classes }) => classes.map(({ mergedInto }) => mergedInto))
  return new Map(columns.flatMap((base, column) => (base === undefined ? [] : [[column, base] as const])))
}

function shifted(head: Head, shift: number): Head {
  return { ...head, bias: head.bias.map((value) => value + shift) }
}

/** Cuts one head over all columns into one per increment. */
function splitHead({ dim, classes, weight, bias }: Head, sizes: readonly number[]): Head[] {
  let first = 0
  return sizes.map((size) => {
    const from = first
    first += size
    const part = new Float32Array(dim * size)
    for (let d = 0; d < dim; d++) part.set(weight.subarray(d * classes + from, d * classes + from + size), d * size)
    return { dim, classes: size, weight: part, bias: bias.slice(from, from + size) }
  })
}
