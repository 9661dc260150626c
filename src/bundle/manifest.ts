import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { Layer } from '../features/layers.js'
import { faultInManifest } from './check-manifest.js'
import { columnsOf } from './columns.js'
import type { InputRecord } from '../preprocessing/input-record.js'

/** The bundle format this version writes and reads. */
export const bundleFormat = 1

/** The name of the old classes in place of an increment. */
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
  /** Name of the folder that the images came from. */
  readonly folder: string
  /**
   * Unique among all labels, with two exceptions: a class merged into an old one has its label, and a class that grows
   * has the label from an earlier increment.
   */
  readonly label: string
  /** The base class that this one is merged into. */
  readonly mergedInto?: number
  /** Number of distinct images that came with this increment. */
  readonly images: number
}

/** The classes of one increment. */
export interface IncrementClasses {
  readonly name: string
  readonly classes: readonly AddedClass[]
}

/** An increment as recorded in the manifest. */
export interface Increment extends IncrementClasses {
  /** The stored features of its images, a safetensors file in the bundle. */
  readonly features: string
  /** SHA-256 of that file; absent in bundles of earlier versions. */
  readonly sha256?: string
}

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

/** Training of the added heads; later increments are trained the same way. */
export interface TrainingRecord {
  readonly seed: number
  /** Augmented views per training image. */
  readonly augment: number
  /** Prior probability of "new", stated for five new classes; see `calibration/prior-shift.ts`. */
  readonly prior: number
  /** The requested limit; without one, the default depends on which old images there are. */
  readonly maxOldDrop?: number
  /** The chosen regularisation ρ; `null` if nothing was trained. */
  readonly regularisation: number | null
  /** Amounts added to the logits for prior and guard, in nats, by increment; `null` where this training set none. */
  readonly shifts?: readonly (number | null)[]
  /**
   * Quantiles of the largest probability over held-out images, from which the option `reject` derives its threshold.
   */
  readonly confidenceQuantiles: readonly number[]
  /** `null` if nothing was trained; absent in bundles of earlier versions. */
  readonly heldOut?: HeldOutRecord | null
}

/** Everything needed to extend a bundle elsewhere, except the files that it names. */
export interface Manifest {
  readonly format: number
  /** Grows by one with every change. */
  readonly revision: number
  readonly base: {
    readonly name: string
    readonly sha256: string
    readonly classes: readonly ClassInfo[]
    /** The scaling of pixel values in the backbone, and how it was determined; absent in older bundles. */
    readonly input?: InputRecord
  }
  readonly backbone: {
    readonly file: string
    readonly sha256: string
    readonly dim: number
    /** The parts of the features; absent in older bundles, where nothing can be chosen. */
    readonly layers?: readonly Layer[]
    /** Why the graph processes images one by one, if it does. */
    readonly oneByOne?: string
  }
  readonly preprocess: Preprocess
  readonly rehearsal: {
    readonly file: string
    readonly source: string
    readonly images: number
    /** SHA-256 of the file; absent in bundles of earlier versions. */
    readonly sha256?: string
  } | null
  readonly increments: readonly Increment[]
  readonly training: TrainingRecord
  /** Whether the model ends with a seal (`seals/model-seal.ts`); absent in bundles of earlier versions. */
  readonly sealed?: true
}

/** Whether a class is an added one; a merged class counts as old. */
export function isAdded({ increment }: Pick<Label, 'increment'>): boolean {
  return increment !== baseIncrement
}

/** The labels of a bundle in column order: the base model's, then each increment's own. */
export function labelsOf({
  base,
  increments,
}: {
  readonly base: Pick<Manifest['base'], 'classes'>
  readonly increments: readonly IncrementClasses[]
}): Label[] {
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

/** Numbers of added columns and of all columns; merged classes have no column of their own. */
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
