import type { ChangeNote } from '../bundle/history/record.js'
import type { HeldOutRecord, Manifest, TrainingRecord } from '../bundle/manifest.js'
import type { CallOptions } from '../core/progress.js'
import type { AddedHead } from '../head/added-head.js'
import { defaultHead } from '../head/head-kind.js'
import { baseHead } from '../classifier/base-head.js'
import type { Backbone } from '../features/backbone.js'
import type { Session } from '../runtime/session.js'
import type { IncrementFeatures, Rehearsal } from '../bundle/parts.js'
import { keptOldImages } from './kept-old-images.js'
import { madeUpOldImages } from './made-up-old-images.js'
import { refit, type Refit } from './refit.js'
import { saveBundle } from '../bundle/save.js'
import { methodOf, type Trainer } from './trainers.js'

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
    files = [],
    trainer = 'onnxruntime',
    curves,
  } = plan
  const fit = () => {
    const oldImages = rehearsal ? keptOldImages(rehearsal.table) : madeUpOldImages(baseHead(backbone), settings.seed)
    const maxOldDrop = settings.maxOldDrop ?? oldImages.defaultMaxOldDrop
    const method = methodOf(trainer, session.provider, settings.head ?? defaultHead)
    return refit(increments, oldImages, {
      ...settings,
      ...call,
      maxOldDrop,
      frozen,
      method,
      base: backbone.classes,
      files,
      curves,
      offered: backbone.layers,
    })
  }
  const fitted = increments.length === 0 ? undefined : await fit()
  const heldOut = fitted?.heldOut ?? null
  // Frozen heads read what was chosen for them earlier.
  const earlier = note.extended?.training.layerChoices ?? []
  const layerChoices = fitted?.layerChoices.map((own, i) => (i < frozen.length ? (earlier[i] ?? null) : own)) ?? []
  lap('train')
  const manifest = await saveBundle(
    folder,
    {
      backbone,
      increments: increments.map((entry, i) => ({ ...entry, head: fitted!.heads[i]! })),
      rehearsal,
      training: {
        ...settings,
        regularisation: fitted?.regularisation ?? null,
        heads: fitted?.heads.map(({ columns, kind }) => (columns === 0 ? null : kind)) ?? [],
        ...(layerChoices.some((one) => one !== null) ? { layerChoices } : {}),
        shifts: fitted?.shifts ?? [],
        confidenceQuantiles: fitted?.confidenceQuantiles ?? [],
        ...(fitted?.standoutQuantiles && { standoutQuantiles: fitted.standoutQuantiles }),
        heldOut,
      },
      revision,
    },
    session,
    note,
    call,
  )
  lap('write')
  return { manifest, fitted, heldOut }
}
