import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { Layer } from '../features/layers.js'
import { faultInManifest } from './check-manifest.js'
import { columnsOf } from './columns.js'
import type { TrainingRecord } from './training-record.js'
import type { InputRecord } from '../preprocessing/input-record.js'

export type {
  FineTuningRecord,
  HeldOutClassRecord,
  HeldOutRecord,
  LayerChoiceRecord,
  TrainingRecord,
} from './training-record.js'

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
  /** Names of the layers that its head reads. @default those of the features */
  readonly layers?: readonly string[]
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
