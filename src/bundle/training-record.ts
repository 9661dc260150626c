import type { HeadChoice, HeadKind } from '../head/head-kind.js'

/** Accuracy of the classifier on held-out images. A merged class counts as old. */
export interface HeldOutRecord {
  /** `null` without old images to measure on. */
  readonly old: { readonly top1Before: number; readonly top1After: number; readonly count: number } | null
  /**
   * Top-1 accuracy of the new images among all classes, over all increments; `null` where all added classes are merged
   * ones.
   */
  readonly new: { readonly top1: number | null; readonly count: number }
  /** Share of old images that a new class takes; `null` without old images. */
  readonly leak: number | null
  /** Share of new images that an old class keeps; `null` without new images. */
  readonly miss: number | null
  /** Every added class that has held-out images, including merged ones, in the order of their columns. */
  readonly perClass: readonly HeldOutClassRecord[]
}

export interface HeldOutClassRecord {
  readonly label: string
  readonly count: number
  readonly top1: number
  /** Mean precision over its images, ranked by its probability; absent for a merged class and in older bundles. */
  readonly averagePrecision?: number
  /** The probability from which on F1 is best, against all other held-out images; absent where that is. */
  readonly threshold?: number
  /** Wrong answers to its images, the commonest first. */
  readonly confusedWith: readonly { readonly label: string; readonly count: number }[]
}

/** How the layers that an increment's head reads were chosen, on held-out images. */
export interface LayerChoiceRecord {
  /** `default`, `all` or `layout`. */
  readonly taken: string
  /**
   * Mean loss of the increment's images and the old ones, in nats, with each choice; empty where the increment has no
   * images to judge by, since each is the only one of its class.
   */
  readonly tried: readonly { readonly name: string; readonly loss: number }[]
}

/** Training of the added heads; later increments are trained the same way. */
export interface TrainingRecord {
  /** The kind of head that was asked for; absent in bundles of earlier versions, whose heads are `softmax`. */
  readonly head?: HeadChoice
  readonly seed: number
  /** Augmented views per training image. */
  readonly augment: number
  /** Prior probability of "new", stated for five new classes; see `calibration/prior-shift.ts`. */
  readonly prior: number
  /** The requested limit; without one, the default depends on which old images there are. */
  readonly maxOldDrop?: number
  /** The chosen regularisation ρ; `null` if nothing was trained, or with a branch alone. */
  readonly regularisation: number | null
  /**
   * The kind of each increment's head; `null` for an increment without one. Absent in bundles of earlier versions,
   * whose heads are `softmax`.
   */
  readonly heads?: readonly (HeadKind | null)[]
  /** The layers that were asked for: `default`, or names. @default chosen on held-out images */
  readonly layers?: 'default' | readonly string[]
  /** How the layers were chosen, by increment; `null` where nothing was. Absent where nothing was for any. */
  readonly layerChoices?: readonly (LayerChoiceRecord | null)[]
  /** Amounts added to the logits for prior and guard, in nats, by increment; `null` where this training set none. */
  readonly shifts?: readonly (number | null)[]
  /**
   * Quantiles of the largest probability over held-out images, from which the option `reject` derives its threshold.
   */
  readonly confidenceQuantiles: readonly number[]
  /**
   * Quantiles of how far the largest logit stands out, which `reject` goes by instead; absent in bundles of earlier
   * versions, with features that these kept, and with fewer than 20 old classes.
   */
  readonly standoutQuantiles?: readonly number[]
  /** `null` if nothing was trained; absent in bundles of earlier versions. */
  readonly heldOut?: HeldOutRecord | null
  /** The fine-tuning of the first increments; absent where there was none, or it was dropped. */
  readonly fineTuning?: FineTuningRecord
}

/**
 * How a copy of the network's last blocks was trained. Its increments keep their heads ever after, as kept features of
 * images that the copy was trained with would mislead.
 */
export interface FineTuningRecord {
  /** How many increments it was for, the first ones. */
  readonly increments: number
  /** How many blocks were trained. */
  readonly blocks: number
  /** How often every image was gone through, on average. */
  readonly epochs: number
  /** How many new images it was trained with. */
  readonly images: number
  /** The images that were held out, by their number in the increment's table. */
  readonly heldOut: readonly number[]
  /** Losses of held-out images, in nats: mean over the new classes and mean over old images, added. */
  readonly loss: { readonly frozen: number; readonly tuned: number }
  /** What this record said when there was nothing but these increments. */
  readonly alone: Pick<TrainingRecord, 'shifts' | 'confidenceQuantiles' | 'standoutQuantiles' | 'heldOut'>
}
