import { joinTables, selectRows, type FeatureTable } from '../features/table.js'
import { columnsOf, type AddedColumn } from '../bundle/columns.js'
import type { IncrementClasses } from '../bundle/manifest.js'
import type { MergedColumns } from '../calibration/decide.js'
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
import { train } from '../head/train.js'
import type { Head, TrainingBackend } from '../head/types.js'
import { columnTable, type IncrementFeatures } from './column-table.js'
import { regularisations } from './defaults.js'

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
  /** What was added to an increment's logits, prior and guard, by increment: `null` for one without columns of its own, or frozen. */
  readonly shifts: readonly (number | null)[]
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
const notConverged =
  'Training was stopped before it came to its end, so the new classes may be called too often or too rarely; compare with "extend evaluate", and set it right with --prior or --max-old-drop.'

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
  const columns = columnsOf(increments.map(({ increment }) => increment))
  const frozenColumns = columns.filter(({ increment }) => increment < frozen.length)
  const trainedColumns = columns.slice(frozenColumns.length)
  const tableOf = (part: readonly IncrementFeatures[]) =>
    pseudo ? bottleneckOnly(columnTable(part, columns), oldHead.size) : columnTable(part, columns)
  const trained = tableOf(increments.slice(frozen.length))
  const whole = () => (frozen.length === 0 ? trained : tableOf(increments))
  const realOrPseudo = pseudo ? pseudoRehearsal(whole(), oldHead, options.seed) : rehearsal
  const { added, old } = await beside(
    { head: frozen.length === 0 ? undefined : joinColumns(frozen), columns: frozenColumns },
    {
      frozen: tableOf(increments.slice(0, frozen.length)),
      added: trained,
      rehearsal: realOrPseudo,
    },
    options.baseClasses,
  )

  const merged = mergedAmong(trainedColumns)
  // Old images of a merged class are no counter-examples to it.
  const mergedInto = new Set(merged.values())
  const counter = old && selectRows(old, (row) => !mergedInto.has(old.label[row]!))
  const set = buildTrainingSet({ added, classes: trainedColumns.length, rehearsal: counter })
  const progress = stepReport(options)
  const training = await train(set, options.backend ?? ortBackend(), {
    regularisations: pseudo ? pseudoRegularisations : regularisations,
    seed: options.seed,
    signal: options.signal,
    onStep: progress.step,
  })
  progress.done()
  if (!training.converged) options.onProgress?.({ type: 'warning', code: 'NOT_CONVERGED', message: notConverged })

  const { head, heldOut } = training
  const increment = Int32Array.from(trainedColumns, (column) => column.increment)
  const answers = { ...heldOut, merged, increment }
  const probe = pseudo ? pseudoProbe(added, oldHead, options.seed) : undefined
  const { shifts, leak: pseudoLeak } = probe
    ? await probeShift(selectRows(probe, (row) => !mergedInto.has(probe.label[row]!)), head, options) // prettier-ignore
    : { shifts: chooseShift(answers, options), leak: undefined }
  const sizes = increments.map((_, i) => trainedColumns.filter(({ increment }) => increment === i).length)
  return {
    heads: [...frozen, ...splitColumns(shiftLogits(head, shifts), sizes.slice(frozen.length))],
    shifts: increments.map((_, i) => shifts[trainedColumns.findIndex(({ increment }) => increment === i)] ?? null),
    regularisation: training.regularisation,
    heldOut: heldOutFigures(answers, shifts, pseudo),
    pseudoLeak,
    confidenceQuantiles: confidenceQuantiles(answers, shifts),
  }
}

/**
 * The new images and the old ones as they look beside heads that stay as they are: those count among the old, their images are
 * rehearsed, their logits competed with.
 */
async function beside(
  frozen: { readonly head: Head | undefined; readonly columns: readonly AddedColumn[] },
  tables: { readonly frozen: FeatureTable; readonly added: FeatureTable; readonly rehearsal: FeatureTable | undefined },
  baseClasses: number,
): Promise<{ added: FeatureTable; old: FeatureTable | undefined }> {
  const { head, columns } = frozen
  if (head === undefined) return { added: tables.added, old: tables.rehearsal }
  const classOfColumn = columns.map(({ mergedInto }, column) => mergedInto ?? baseClasses + column)
  const rehearsed: FeatureTable = {
    ...tables.frozen,
    label: tables.frozen.label.map((column) => classOfColumn[column]!),
  }
  const old = joinTables([...(tables.rehearsal ? [tables.rehearsal] : []), rehearsed])
  const added = { ...tables.added, label: tables.added.label.map((column) => column - columns.length) }
  return {
    added: await withFrozenHead(added, head, classOfColumn),
    old: await withFrozenHead(old, head, classOfColumn),
  }
}

/** Column → base class over all increments' columns. */
export function mergedColumns(increments: readonly IncrementClasses[]): MergedColumns {
  return mergedAmong(columnsOf(increments))
}

function mergedAmong(columns: readonly AddedColumn[]): MergedColumns {
  return new Map(
    columns.flatMap(({ mergedInto }, column) => (mergedInto === undefined ? [] : [[column, mergedInto] as const])),
  )
}

/** Reports the optimiser's steps; the last step of the usual number is kept back until `train` is done. */
function stepReport({ onProgress }: CallOptions): { step: () => void; done: () => void } {
  const report = (done: number) =>
    onProgress?.({ type: 'progress', stage: 'train', done, total: expectedSteps, unit: 'steps' })
  let steps = 0
  report(0)
  return { step: () => report(Math.min(++steps, expectedSteps - 1)), done: () => report(expectedSteps) }
}
