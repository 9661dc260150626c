import { joinTables } from '../bottleneck/join-tables.js'
import { selectRows, type FeatureTable } from '../bottleneck/table.js'
import type { Increment } from '../bundle/manifest.js'
import type { HeldOutAnswers, MergedColumns } from '../calibration/decide.js'
import { chooseShift } from '../calibration/choose-shift.js'
import { probeShift } from '../calibration/probe.js'
import { heldOutFigures, type HeldOutFigures } from '../calibration/held-out.js'
import { confidenceQuantiles } from '../calibration/reject.js'
import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { joinColumns, shiftLogits, splitColumns } from '../head/columns.js'
import { withFrozenHead } from '../head/freeze.js'
import { ortBackend } from '../head/ort-backend.js'
import { bottleneckOnly, pseudoProbe, pseudoRehearsal, type OldHead } from '../head/pseudo-rehearsal.js'
import { buildTrainingSet } from '../head/training-set.js'
import { train, type Training } from '../head/train.js'
import type { Head, TrainingBackend } from '../head/types.js'
import { regularisations } from './defaults.js'

/** An increment with its kept features. */
export interface IncrementFeatures {
  readonly increment: Increment
  readonly table: FeatureTable
}

export interface RefitOptions extends CallOptions {
  readonly seed: number
  readonly maxOldDrop?: number
  readonly prior: number
  /** N: the number of base classes. */
  readonly baseClasses: number
  /** Heads of the first increments that are to stay as they are. @default none */
  readonly frozen?: readonly Head[]
  /** The training backend. @default ONNX Runtime on the CPU */
  readonly backend?: TrainingBackend
  /** What old images are made up from where there are none. */
  readonly oldHead?: OldHead | undefined
}

export interface Refit {
  /** One head per increment, in order, shift included. */
  readonly heads: readonly Head[]
  /** What was added to every added logit: prior and guard. */
  readonly shift: number
  readonly regularisation: number
  readonly heldOut: HeldOutFigures
  /** Share of made-up old images that a new class takes, where there were no real ones. */
  readonly pseudoLeak: number | undefined
  /** Quantiles of the largest probability over held-out images; see `calibration/reject.ts`. */
  readonly confidenceQuantiles: readonly number[]
}

/** Made-up old images are cruder than real ones: the head is held back more, and only one value is tried. */
const pseudoRegularisations = [0.1]
/** Progress is shown against this many optimiser steps, a usual number. */
const expectedSteps = 150

/**
 * Trains the heads of all increments together, frozen ones apart, and calibrates them on held-out rows. Old images come from the
 * rehearsal table; without one they are made up from the old head.
 *
 * @throws NpluskError `BAD_INPUT` where there is neither: every old image would be taken for a new one
 */
export async function refit(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  options: RefitOptions,
): Promise<Refit> {
  const { oldHead, frozen = [] } = options
  if (rehearsal === undefined && oldHead === undefined) {
    throw new NpluskError(
      'BAD_INPUT',
      'There are no old images to rehearse with, and this model does not let them be made up from its head; give old photographs with --rehearsal DIR.',
    )
  }
  const pseudo = rehearsal === undefined && oldHead !== undefined
  const tables = pseudo
    ? increments.map((entry) => ({ ...entry, table: bottleneckOnly(entry.table, oldHead.size) }))
    : increments
  const realOrPseudo = pseudo ? pseudoRehearsal(tables.map(({ table }) => table), oldHead, options.seed) : rehearsal // prettier-ignore
  const { trained, old } = await freeze(tables, realOrPseudo, frozen, options.baseClasses)

  const merged = mergedColumns(trained.map(({ increment }) => increment))
  // Old images of a merged class are no counter-examples to it.
  const mergedInto = new Set(merged.values())
  const counter = old && selectRows(old, (row) => !mergedInto.has(old.label[row]!))
  const sizes = trained.map(({ increment }) => increment.classes.length)
  const set = buildTrainingSet({
    increments: trained.map(({ table }, i) => ({ table, classes: sizes[i]! })),
    rehearsal: counter,
  })
  const progress = stepReport(options)
  const training = await train(set, options.backend ?? ortBackend(), {
    regularisations: pseudo ? pseudoRegularisations : regularisations,
    seed: options.seed,
    signal: options.signal,
    onStep: progress.step,
  })
  progress.done()

  const answers = answersOf(training, trained.map(({ table }) => table), counter, merged) // prettier-ignore
  const { head } = training
  const probe = pseudo ? pseudoProbe(trained.map(({ table }) => table), oldHead, options.seed) : undefined // prettier-ignore
  const { shift, leak: pseudoLeak } = probe
    ? await probeShift(selectRows(probe, (row) => !mergedInto.has(probe.label[row]!)), head, options) // prettier-ignore
    : { shift: chooseShift(answers, options), leak: undefined }
  const figures = heldOutFigures(answers, shift)
  return {
    heads: [...frozen, ...splitColumns(shiftLogits(head, shift), sizes)],
    shift,
    regularisation: training.regularisation,
    heldOut: pseudo ? { ...figures, old: null, leak: null } : figures,
    pseudoLeak,
    confidenceQuantiles: confidenceQuantiles(answers, shift),
  }
}

/** Counts the first increments, whose heads stay, among the old: their images are rehearsed, their logits competed with. */
async function freeze(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  heads: readonly Head[],
  baseClasses: number,
): Promise<{ trained: readonly IncrementFeatures[]; old: FeatureTable | undefined }> {
  if (heads.length === 0) return { trained: increments, old: rehearsal }
  const head = joinColumns(heads)
  const kept = increments.slice(0, heads.length)
  const columnClass = kept
    .flatMap(({ increment }) => increment.classes)
    .map(({ mergedInto }, column) => mergedInto ?? baseClasses + column)
  let first = 0
  const relabelled = kept.map(({ increment, table }) => {
    const from = first
    first += increment.classes.length
    return { ...table, oldTarget: table.oldScore, label: table.label.map((label) => columnClass[from + label]!) }
  })
  const old = joinTables([...(rehearsal ? [rehearsal] : []), ...relabelled])
  return {
    trained: await Promise.all(
      increments.slice(heads.length).map(async ({ increment, table }) => ({
        increment,
        table: await withFrozenHead(table, head, columnClass),
      })),
    ),
    old: await withFrozenHead(old, head, columnClass),
  }
}

function answersOf(
  { heldOutRows: set, heldOut: scores, rows }: Training,
  increments: readonly FeatureTable[],
  old: FeatureTable | undefined,
  merged: MergedColumns,
): HeldOutAnswers {
  const { oldBest, oldClass, label } = joinTables([...increments, ...(old ? [old] : [])])
  return {
    set,
    scores,
    oldBest: Float32Array.from(rows, (row) => oldBest[row]!),
    oldClass: Int32Array.from(rows, (row) => oldClass[row]!),
    oldLabel: Int32Array.from(rows, (row, i) => (set.target[i]! < 0 ? label[row]! : -1)),
    merged,
  }
}

/** Column → base class over all increments' columns. */
export function mergedColumns(increments: readonly Increment[]): MergedColumns {
  const columns = increments.flatMap(({ classes }) => classes.map(({ mergedInto }) => mergedInto))
  return new Map(columns.flatMap((base, column) => (base === undefined ? [] : [[column, base] as const])))
}

/** Reports the optimiser's steps; the last step of the usual number is kept back until `train` is done. */
function stepReport({ onProgress }: CallOptions): { step: () => void; done: () => void } {
  const report = (done: number) =>
    onProgress?.({ type: 'progress', stage: 'train', done, total: expectedSteps, unit: 'steps' })
  let steps = 0
  report(0)
  return { step: () => report(Math.min(++steps, expectedSteps - 1)), done: () => report(expectedSteps) }
}
