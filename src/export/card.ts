import { heldOutClasses } from '../bundle/held-out-classes.js'
import { labelsOf, type AddedClass, type Label, type Manifest } from '../bundle/manifest.js'
import type { Preprocess } from '../image/types.js'

/** How an exported model takes images: `uint8`, as the bundle does, or `float`, for programs that supply floats. */
export type InputKind = 'uint8' | 'float'

/** The input of an exported model, machine-readable. */
export interface InputCard {
  readonly name: string
  readonly type: 'uint8' | 'float32'
  readonly layout: 'NHWC' | 'NCHW'
  readonly channels: 'RGB'
  /** Values of black and white; the normalisation of the base model is part of the graph. */
  readonly range: readonly [number, number]
  /** `model`: the caller crops and resizes as `preprocess` says; `any`: the graph does. */
  readonly size: 'model' | 'any'
}

export const inputs: Readonly<Record<InputKind, InputCard>> = {
  uint8: { name: 'image', type: 'uint8', layout: 'NHWC', channels: 'RGB', range: [0, 255], size: 'model' },
  float: { name: 'pixel_values', type: 'float32', layout: 'NCHW', channels: 'RGB', range: [0, 1], size: 'model' },
}

/**
 * Description of an exported model, stored as `nplusk.json` beside it, and in its `metadata_props`, an entry for each
 * field.
 */
export interface ModelCard {
  /** Format version of the bundle that it was exported from. */
  readonly format: number
  /** Revision of that bundle, which grows by one with every change. */
  readonly revision: number
  readonly base: { readonly name: string; readonly sha256: string }
  readonly input: InputCard
  readonly preprocess: Preprocess
  /** Why the graph runs the images of a batch one by one, where it does; larger batches are then no faster. */
  readonly oneByOne?: string
  /** In column order. */
  readonly labels: readonly Omit<Label, 'index'>[]
  /** What was added to the base, the oldest first. */
  readonly increments: readonly { readonly name: string; readonly classes: readonly AddedClass[] }[]
  /** Quantiles of the largest probability over held-out images, evenly spread from 0 to 1, to reject images by. */
  readonly confidenceQuantiles?: readonly number[]
  /** The same of how far the largest logit stands out, which rejects better; see docs/exports.md. */
  readonly standoutQuantiles?: readonly number[]
  /** By label of an added class: the probability from which on its F1 was best on held-out images. */
  readonly thresholds?: Readonly<Record<string, number>>
}

export function modelCard(manifest: Manifest, input: InputCard): ModelCard {
  const { format, revision, base, backbone, preprocess, increments, training } = manifest
  const thresholds = heldOutClasses(training).flatMap(({ label, threshold }) =>
    threshold === undefined ? [] : [[label, threshold] as const],
  )
  return {
    format,
    revision,
    base: { name: base.name, sha256: base.sha256 },
    input,
    preprocess,
    ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    labels: labelsOf(manifest).map(({ index: _, ...label }) => label),
    increments: increments.map(({ name, classes }) => ({ name, classes })),
    ...(training.confidenceQuantiles.length === 0 ? {} : { confidenceQuantiles: training.confidenceQuantiles }),
    ...(training.standoutQuantiles && { standoutQuantiles: training.standoutQuantiles }),
    ...(thresholds.length === 0 ? {} : { thresholds: Object.fromEntries(thresholds) }),
  }
}
