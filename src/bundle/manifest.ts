import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import { faultInManifest } from './check-manifest.js'
import { columnsOf } from './columns.js'
import type { InputRecord } from '../preprocessing/input-record.js'

/** The bundle format this version writes and reads. */
export const bundleFormat = 1

/** Stands for the old classes wherever increments are named. */
export const baseIncrement = 'base'

/** A class of the combined classifier, in column order. */
export interface Label {
  readonly index: number
  readonly label: string
  /** `base` for an old class. */
  readonly increment: string
  readonly wnid?: string
}

/** One class of an increment. */
export interface AddedClass {
  /** The name of the folder the images came from. */
  readonly folder: string
  /**
   * Unique among all labels, with two exceptions: a class merged into an old one bears its label, and a class that
   * grows bears the label it has from an earlier increment.
   */
  readonly label: string
  /** The base class this one is merged into. */
  readonly mergedInto?: number
  /** Number of distinct images that came with this increment. */
  readonly images: number
}

/** What one addition brought. */
export interface IncrementClasses {
  readonly name: string
  readonly classes: readonly AddedClass[]
}

/** An increment as it is recorded. */
export interface Increment extends IncrementClasses {
  /** The kept features of its images, a safetensors file in the bundle. */
  readonly features: string
}

/** How the classifier does on images that were held out from training. A merged class counts as old. */
export interface HeldOutRecord {
  /** `null` where there are no old images to measure on. */
  readonly old: { readonly top1Before: number; readonly top1After: number; readonly count: number } | null
  /** Top-1 of the new images among all classes, over all increments; `null` where all classes are merged ones. */
  readonly new: { readonly top1: number | null; readonly count: number }
  /** Share of old images that a new class takes; `null` without old images. */
  readonly leak: number | null
  /** Share of new images that an old class keeps; `null` without new images. */
  readonly miss: number | null
  /** Every added class that has held-out images, merged ones too, in the order of their columns. */
  readonly perClass: readonly HeldOutClassRecord[]
}

export interface HeldOutClassRecord {
  readonly label: string
  readonly count: number
  readonly top1: number
  /** What the others were taken for, the commonest first. */
  readonly confusedWith: readonly { readonly label: string; readonly count: number }[]
}

/** How the added heads are trained; an increment added later is trained the same way. */
export interface TrainingRecord {
  readonly seed: number
  /** Extra views of every training image. */
  readonly augment: number
  /** Prior probability of "new", for five new classes; see `calibration/prior-shift.ts`. */
  readonly prior: number
  /** The limit that was asked for; where none was, the default one depends on what there is to tell it by. */
  readonly maxOldDrop?: number
  /** Regularisation ρ that was chosen; `null` where there was nothing to train. */
  readonly regularisation: number | null
  /**
   * What was added to an increment's logits, prior and guard, by increment; `null` where that was not set by this
   * training.
   */
  readonly shifts?: readonly (number | null)[]
  /** Quantiles of the largest probability over held-out images; the option `reject` sets its threshold by them. */
  readonly confidenceQuantiles: readonly number[]
  /** `null` where there was nothing to train; bundles of earlier versions do not have it. */
  readonly heldOut?: HeldOutRecord | null
}

/** Everything a bundle needs to be extended elsewhere, save the files it names. */
export interface Manifest {
  readonly format: number
  /** Grows by one with every change. */
  readonly revision: number
  readonly base: {
    readonly name: string
    readonly sha256: string
    readonly classes: readonly ClassInfo[]
    /** How the values of pixels are scaled in the backbone, and how that was found out; absent in older bundles. */
    readonly input?: InputRecord
  }
  readonly backbone: {
    readonly file: string
    readonly sha256: string
    readonly dim: number
    /** Why the graph runs one picture after the other, where it does. */
    readonly oneByOne?: string
  }
  readonly preprocess: Preprocess
  readonly rehearsal: { readonly file: string; readonly source: string; readonly images: number } | null
  readonly increments: readonly Increment[]
  readonly training: TrainingRecord
}

/** The labels of a bundle, in column order: the base's, then each increment's own. */
export function labelsOf({ base, increments }: Pick<Manifest, 'base' | 'increments'>): Label[] {
  const labels: Omit<Label, 'index'>[] = base.classes.map(({ label, wnid }) => ({
    label,
    increment: baseIncrement,
    ...(wnid === undefined ? {} : { wnid }),
  }))
  for (const { label, mergedInto, increment } of columnsOf(increments)) {
    if (mergedInto === undefined) labels.push({ label, increment: increments[increment]!.name })
  }
  return labels.map((label, index) => ({ index, ...label }))
}

/** How many columns were added, and how many there are in all; merged classes have none of their own. */
export function addedCount({ base, increments }: Manifest): { added: number; total: number } {
  const added = columnsOf(increments).filter(({ mergedInto }) => mergedInto === undefined).length
  return { added, total: base.classes.length + added }
}

/**
 * Reads a manifest's JSON.
 *
 * @param file named in errors
 * @throws NpluskError `BAD_BUNDLE` when it is damaged or of another format
 */
export function parseManifest(json: string, file: string): Manifest {
  let value: Partial<Manifest> | null
  try {
    value = JSON.parse(json) as Partial<Manifest> | null
  } catch (cause) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${file} is damaged: it is not valid JSON; restore the bundle from a copy, or build it again.`,
      { cause },
    )
  }
  const format = value?.format
  if (typeof format === 'number' && format !== bundleFormat) {
    const problem = `${file} is of bundle format ${format}, this version knows format ${bundleFormat}`
    const data = { format }
    throw format > bundleFormat
      ? new NpluskError('BAD_BUNDLE', `${problem}; update nplusk to use it.`, { data })
      : new NpluskError('BAD_BUNDLE', `${problem}.`, { data, remedy: { kind: 'build-again' } })
  }
  const fault = faultInManifest(value)
  if (fault !== undefined) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${file} is damaged: ${fault} is missing or not what it must be; restore the bundle from a copy, or build it again.`,
      { data: { field: fault } },
    )
  }
  return value as Manifest
}
