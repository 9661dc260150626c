import { selectRows, type FeatureTable } from '../bottleneck/table.js'
import type { Increment } from '../bundle/manifest.js'
import type { HeldOutAnswers, MergedColumns } from '../calibration/decide.js'
import { heldOutFigures, oldMargins, type HeldOutFigures } from '../calibration/held-out.js'
import { oldDropGuard, priorShift } from '../calibration/old-drop-guard.js'
import { concat } from '../math/concat.js'
import type { CallOptions } from '../core/progress.js'
import { train } from '../head/cross-validate.js'
import { openOrtEvaluator } from '../head/ort-evaluator.js'
import { buildTrainingSet } from '../head/training-set.js'
import type { Head } from '../head/types.js'

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
const regularisations = [3e-3, 1e-2, 3e-2]
/** Progress is shown against this many optimiser steps, a usual number. */
const expectedSteps = 100

/** Trains the heads of all increments together, and calibrates them on held-out rows. */
export async function refit(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  options: RefitOptions,
): Promise<Refit> {
  const merged = mergedColumns(increments.map(({ increment }) => increment))
  // Old images of a merged class are no counter-examples to it.
  const mergedInto = new Set(merged.values())
  const old = rehearsal && selectRows(rehearsal, (row) => !mergedInto.has(rehearsal.label[row]!))
  const tables = increments.map(({ increment, table }) => ({ table, classes: increment.classes.length }))
  const set = buildTrainingSet({ increments: tables, rehearsal: old })
  const all = [...tables.map(({ table }) => table), ...(old ? [old] : [])]
  const { signal, onProgress } = options
  const report = (done: number) =>
    onProgress?.({ type: 'progress', stage: 'train', done, total: expectedSteps, unit: 'steps' })
  let steps = 0
  report(0)
  const training = await train(set, openOrtEvaluator, {
    regularisations,
    seed: options.seed,
    signal,
    onStep: () => report(Math.min(++steps, expectedSteps - 1)),
  })
  report(expectedSteps)
  const { fit, regularisation, rows } = training
  const heldOut: HeldOutAnswers = {
    set: training.heldOutSet,
    scores: training.heldOut,
    oldBest: pick(
      concat(
        Float32Array,
        all.map((table) => table.oldBest),
      ),
      rows,
    ),
    oldClass: pick(
      concat(
        Int32Array,
        all.map((table) => table.oldClass),
      ),
      rows,
    ),
    oldLabel: pick(
      concat(
        Int32Array,
        all.map((table) => (table === old ? table.label : new Int32Array(table.count).fill(-1))),
      ),
      rows,
    ),
    merged,
  }
  const shift = calibrate(heldOut, options)
  const heads = splitHead(
    shifted(fit.head, shift),
    tables.map(({ classes }) => classes),
  )
  return { heads, shift, regularisation, heldOut: heldOutFigures(heldOut, shift) }
}

function pick<T extends Float32Array | Int32Array>(column: T, rows: readonly number[]): T {
  const picked = column.slice(0, rows.length) as T
  rows.forEach((row, i) => (picked[i] = column[row]!))
  return picked
}

/** Prior first; then the guard takes off what the allowed drop asks for. */
function calibrate(heldOut: HeldOutAnswers, { prior, maxOldDrop }: RefitOptions): number {
  const shift = priorShift(prior)
  if (maxOldDrop === undefined) return shift
  const { margins, count } = oldMargins(heldOut, shift)
  return shift - oldDropGuard(margins, count, maxOldDrop)
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
