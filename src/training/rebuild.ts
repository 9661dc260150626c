import type { ChangeNote } from '../bundle/history/record.js'
import type { FineTuningRecord, HeldOutRecord, Manifest, TrainingRecord } from '../bundle/manifest.js'
import type { CallOptions } from '../core/progress.js'
import type { AddedHead } from '../head/added-head.js'
import { defaultHead } from '../head/head-kind.js'
import type { HeadMethod } from '../head/head-method.js'
import { baseHead } from '../classifier/base-head.js'
import type { Backbone } from '../features/backbone.js'
import type { Session } from '../runtime/session.js'
import type { IncrementFeatures, Rehearsal } from '../bundle/parts.js'
import { keptOldImages } from '../rehearsal/kept-old-images.js'
import { madeUpOldImages } from '../rehearsal/made-up-old-images.js'
import { refit, type Refit } from './refit.js'
import { saveBundle } from '../bundle/save.js'
import { methodOf, type Trainer } from './trainers.js'
import { layersToFit } from './layers-to-fit.js'
import { unseenImages } from '../tables/unseen-images.js'

/** The training settings that the caller chooses; the rest of a `TrainingRecord` results from training. */
export type TrainingSettings = Pick<TrainingRecord, 'head' | 'seed' | 'augment' | 'maxOldDrop' | 'prior' | 'layers'>

/** The settings that a bundle was trained with, without what resulted from them. */
export function settingsOf({ head, seed, prior, maxOldDrop, layers, augment }: TrainingRecord): TrainingSettings {
  return {
    ...(head === undefined ? {} : { head }),
    seed,
    prior,
    ...(maxOldDrop === undefined ? {} : { maxOldDrop }),
    ...(layers === undefined ? {} : { layers }),
    augment,
  }
}

export interface RebuildPlan {
  readonly folder: string
  readonly revision: number
  readonly backbone: Backbone
  readonly session: Session
  readonly increments: readonly IncrementFeatures[]
  readonly rehearsal: Rehearsal | undefined
  readonly settings: TrainingSettings
  /** What the history says of it. */
  readonly note: ChangeNote
  /** Frozen heads of the first increments. @default none */
  readonly frozen?: readonly AddedHead[]
  /** The files that the column `file` of the increments' tables counts. @default none */
  readonly files?: readonly string[]
  /** @default 'onnxruntime' */
  readonly trainer?: Trainer | undefined
  /** See `TrainingOptions`. */
  readonly curves?: boolean | undefined
  /** What stands for training where heads were trained with a branch, and the layers that they read. */
  readonly tuned?: { readonly method: HeadMethod; readonly layers: readonly string[] }
  /** The fine-tuning of the first increments, whose heads are frozen unless it is that of this plan. */
  readonly fineTuning?: FineTuningRecord | undefined
}

export interface Rebuilt {
  readonly manifest: Manifest
  /** `undefined` when no added class is left. */
  readonly fitted: Refit | undefined
  /** Held-out figures; `null` without added classes. */
  readonly heldOut: HeldOutRecord | null
}

/**
 * Builds a bundle on disk from stored features: trains all added heads together, merges them into the model, verifies
 * it and writes it.
 */
export async function rebuild(
  plan: RebuildPlan,
  call: CallOptions,
  lap: (part: string) => void = () => undefined,
): Promise<Rebuilt> {
  const fitted = await fit(plan, call)
  lap('train')
  const rebuilt = await save(plan, fitted, call)
  lap('write')
  return rebuilt
}

/** Trains all added heads but the frozen ones together; `undefined` where there are none to train. */
export async function fit(plan: RebuildPlan, call: CallOptions): Promise<Refit | undefined> {
  const { backbone, session, increments, rehearsal, settings, frozen = [], trainer = 'onnxruntime', tuned } = plan
  if (increments.length === frozen.length) return undefined
  const oldImages = rehearsal ? keptOldImages(rehearsal.table) : madeUpOldImages(baseHead(backbone), settings.seed)
  return refit(tuned ? increments : unseenImages(increments, plan.fineTuning), oldImages, {
    ...settings,
    ...call,
    ...(tuned && { layers: tuned.layers }),
    maxOldDrop: settings.maxOldDrop ?? oldImages.defaultMaxOldDrop,
    frozen,
    method: tuned?.method ?? methodOf(trainer, session.provider, settings.head ?? defaultHead),
    base: backbone.classes,
    files: plan.files ?? [],
    curves: plan.curves,
    offered: tuned ? backbone.layers : layersToFit(backbone, plan.fineTuning),
  })
}

/** Merges fitted heads into the model, verifies it and writes the bundle. */
export async function save(plan: RebuildPlan, fitted: Refit | undefined, call: CallOptions): Promise<Rebuilt> {
  const {
    folder,
    revision,
    backbone,
    session,
    increments,
    rehearsal,
    settings,
    note,
    frozen = [],
    tuned,
    fineTuning,
  } = plan
  const heads = fitted?.heads ?? frozen
  // Frozen heads read what was chosen for them earlier.
  const earlier = note.extended?.training.layerChoices ?? []
  const layerChoices = fitted?.layerChoices.map((own, i) => (i < frozen.length ? (earlier[i] ?? null) : own)) ?? []
  const calibrated = fitted ?? fineTuning?.alone
  const heldOut = calibrated?.heldOut ?? null
  const manifest = await saveBundle(
    folder,
    {
      backbone,
      increments: increments.map((entry, i) => ({ ...entry, head: heads[i]! })),
      rehearsal,
      training: {
        ...settings,
        regularisation: tuned ? null : (fitted?.regularisation ?? null),
        heads: heads.map(({ columns, kind }) => (columns === 0 ? null : kind)),
        ...(layerChoices.some((one) => one !== null) ? { layerChoices } : {}),
        shifts: calibrated?.shifts ?? [],
        confidenceQuantiles: calibrated?.confidenceQuantiles ?? [],
        ...(calibrated?.standoutQuantiles && { standoutQuantiles: calibrated.standoutQuantiles }),
        heldOut,
        ...(fineTuning && { fineTuning }),
      },
      revision,
    },
    session,
    note,
    call,
  )
  return { manifest, fitted, heldOut }
}
