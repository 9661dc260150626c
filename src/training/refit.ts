import { columnsOf, type AddedColumn } from '../bundle/columns.js'
import { calibrate, type Calibration } from '../calibration/calibrate.js'
import { scarcityOffsets, withOffsets } from '../calibration/scarcity.js'
import type { MergedColumns } from '../calibration/held-out-answers.js'
import type { HeldOutRecord, LayerChoiceRecord, TrainingRecord } from '../bundle/manifest.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { CallOptions } from '../core/progress.js'
import type { Layer } from '../features/layers.js'
import { buildTrainingSet, type TrainingSet, type TrainingTables } from '../head/training-set.js'
import { imagesOfClasses, type HeldOut } from '../head/training-rows.js'
import { shiftHeads, splitHeads, type AddedHead } from '../head/added-head.js'
import type { HeadKind } from '../head/head-kind.js'
import type { HeadMethod, Training, TriedKind, TriedRegularisation } from '../head/head-method.js'
import { joinHeads } from '../head/join-heads.js'
import type { TrainingCurve } from '../head/training-curve.js'
import { jointSoftmax } from '../head/linear/joint-softmax.js'
import { besideFrozen, type NewAndOld } from './beside-frozen.js'
import type { IncrementFeatures } from '../bundle/parts.js'
import { columnTable } from '../tables/column-table.js'
import { choicesOf, layersToRead } from './layers-to-read.js'
import { heldOutLabels } from './held-out-labels.js'
import { besideMerged, mergedColumns } from '../tables/merged-columns.js'
import type { OldImages } from '../rehearsal/old-images.js'

export interface RefitOptions extends CallOptions {
  readonly seed: number
  readonly maxOldDrop?: number | undefined
  readonly prior: number
  readonly base: readonly ClassInfo[]
  /** The files that the column `file` of the increments' tables counts. @default none */
  readonly files?: readonly string[]
  /** Frozen heads of the first increments. @default none */
  readonly frozen?: readonly AddedHead[]
  /** How to train heads. @default the joint softmax, by ONNX Runtime on the CPU */
  readonly method?: HeadMethod
  /** See `TrainingOptions`. */
  readonly curves?: boolean | undefined
  /** The layers that the backbone offers. @default its features alone */
  readonly offered?: readonly Layer[]
  /** The layers to read: `default`, or names. @default chosen on held-out images */
  readonly layers?: TrainingRecord['layers']
}

/** What the heads that are not frozen were trained on; labels of `added` are their columns. */
export interface TrainedOn extends TrainingTables {
  /** Columns that are merged into old classes. */
  readonly merged: MergedColumns
  /** The limit to the loss of old accuracy, a fraction; 1 where there is none. */
  readonly maxOldDrop: number
}

export interface Refit extends Pick<
  Calibration,
  'confidenceQuantiles' | 'standoutQuantiles' | 'madeUpLeak' | 'records' | 'images' | 'newColumns'
> {
  /** One head per increment, in order, shifts included. */
  readonly heads: readonly AddedHead[]
  /**
   * What was added to each increment's logits for prior and guard, in nats: `null` for an increment without columns of
   * its own and for a frozen one.
   */
  readonly shifts: readonly (number | null)[]
  /** The kind of the heads that were trained. */
  readonly kind: HeadKind
  /** Kinds that were compared; empty where one was asked for. */
  readonly triedKinds: readonly TriedKind[]
  readonly regularisation: number
  /** See `Training`. */
  readonly tried: readonly TriedRegularisation[]
  readonly trainedOn: TrainedOn
  /** The heads as trained, without shifts, */
  readonly asTrained: readonly AddedHead[]
  /** and the answers to held-out images. */
  readonly answers: HeldOut
  /** How the layers that each increment's head reads were chosen; `null` where nothing was. */
  readonly layerChoices: readonly (LayerChoiceRecord | null)[]
  /** See `Training`. */
  readonly curves: readonly TrainingCurve[]
  readonly heldOut: HeldOutRecord
}

/** The total that progress counts to: a usual number of optimiser steps. */
const expectedSteps = 150
const notConverged =
  'Training was stopped before it came to its end, so the new classes may be called too often or too rarely.'

/**
 * Trains the heads of all increments but the frozen ones together, and calibrates them on held-out images.
 *
 * @param oldImages the source of the old images for rehearsal
 */
export async function refit(
  increments: readonly IncrementFeatures[],
  oldImages: OldImages,
  options: RefitOptions,
): Promise<Refit> {
  const { frozen = [], prior, maxOldDrop, base, files = [] } = options
  const columns = columnsOf(increments.map(({ increment }) => increment))
  const trained = columns.filter(({ increment }) => increment >= frozen.length)
  const { added, old } = await newAndOld(increments, columns, oldImages, options)

  const merged = mergedColumns(trained)
  const rehearsal = besideMerged(old, merged)
  const all = { added, classes: trained.length, rehearsal, baseClasses: base.length }
  const increment = Int32Array.from(trained, (column) => column.increment)
  const { method = jointSoftmax() } = options
  const layers = await layersToRead(all, increment, oldImages, { ...options, apart: method.readsByColumn })
  const tables = { ...all, choices: choicesOf(increment, layers) }
  const set = buildTrainingSet(tables)
  const training = await trainReporting(method, set, oldImages, options)
  const { regularisation, tried, triedKinds = [], curves } = training

  const uneven = { ...training.heldOut, merged, increment }
  const offsets = scarcityOffsets(uneven, imagesOfClasses(set), prior)
  const heads = shiftHeads(training.heads, offsets)
  const answers = withOffsets(uneven, offsets)
  const names = {
    ...heldOutLabels(
      increments.map(({ increment }) => increment),
      base,
      frozen.length,
    ),
    files,
  }
  const probe = await oldImages.probe(added, joinHeads(heads), new Set(merged.values()))
  const { shifts, figures, ...calibration } = calibrate(answers, names, { prior, maxOldDrop, probe })

  const sizes = increments.map((_, i) => trained.filter(({ increment }) => increment === i).length)
  return {
    heads: [...frozen, ...splitHeads(shiftHeads(heads, shifts), sizes.slice(frozen.length))],
    shifts: increments.map((_, i) => shifts[trained.findIndex(({ increment }) => increment === i)] ?? null),
    kind: heads[0]!.kind,
    triedKinds,
    regularisation,
    tried,
    trainedOn: { ...tables, merged, maxOldDrop: maxOldDrop ?? 1 },
    asTrained: training.heads,
    answers: training.heldOut,
    layerChoices: increments.map((_, i) => layers.get(i)?.record ?? null),
    curves,
    heldOut: figures,
    ...calibration,
  }
}

/** The tables to train on: the images of the columns to train, and the old images. */
async function newAndOld(
  increments: readonly IncrementFeatures[],
  columns: readonly AddedColumn[],
  oldImages: OldImages,
  { frozen = [], base }: RefitOptions,
): Promise<NewAndOld> {
  const tableOf = (part: readonly IncrementFeatures[]) => columnTable(part, columns)
  const added = tableOf(increments.slice(frozen.length))
  if (frozen.length === 0) return { added: oldImages.restricted(added), old: oldImages.rehearsed(() => added) }
  const frozenColumns = {
    head: joinHeads(frozen),
    columns: columns.filter(({ increment }) => increment < frozen.length),
    images: tableOf(increments.slice(0, frozen.length)),
  }
  return besideFrozen(frozenColumns, added, { oldImages, images: () => tableOf(increments), baseClasses: base.length })
}

/** Trains and reports the optimiser's steps. Progress reaches its total only when training ends. */
async function trainReporting(
  method: HeadMethod,
  set: TrainingSet,
  { regularisations }: OldImages,
  { seed, signal, onProgress, curves }: RefitOptions,
): Promise<Training> {
  const report = (done: number) =>
    onProgress?.({ type: 'progress', stage: 'train', done, total: expectedSteps, unit: 'steps' })
  let steps = 0
  const onStep = () => report(Math.min(++steps, expectedSteps - 1))
  report(0)
  const training = await method.train(set, { regularisations, seed, signal, onStep, curves })
  report(expectedSteps)
  if (!training.converged) {
    const remedy = { kind: 'check-balance' } as const
    onProgress?.({ type: 'warning', code: 'NOT_CONVERGED', message: notConverged, remedy })
  }
  return training
}
