import { labelsOf, type AddedClass, type Label, type Manifest } from '../bundle/manifest.js'
import type { Preprocess } from '../image/types.js'

/** How an exported model takes its pictures: the bundle's own way, or for programs that bring floats. */
export type InputKind = 'uint8' | 'float'

/** The one input of an exported model, in words that a program can read. */
export interface InputCard {
  readonly name: string
  readonly type: 'uint8' | 'float32'
  readonly layout: 'NHWC' | 'NCHW'
  readonly channels: 'RGB'
  /** The values of black and white; what the base model wants of them is in the graph. */
  readonly range: readonly [number, number]
  /** `model`: cropped and resized by the caller, as `preprocess` says; `any`: the graph does that as well. */
  readonly size: 'model' | 'any'
}

export const inputs: Readonly<Record<InputKind, InputCard>> = {
  uint8: { name: 'image', type: 'uint8', layout: 'NHWC', channels: 'RGB', range: [0, 255], size: 'model' },
  float: { name: 'pixel_values', type: 'float32', layout: 'NCHW', channels: 'RGB', range: [0, 1], size: 'model' },
}

/**
 * What an exported model tells of itself: as `nplusk.json` beside it, and in its `metadata_props`, an entry for each
 * field.
 */
export interface ModelCard {
  /** Of the bundle that it was exported from. */
  readonly format: number
  /** Of the bundle that it was exported from: it grows by one with every change. */
  readonly revision: number
  readonly base: { readonly name: string; readonly sha256: string }
  readonly input: InputCard
  readonly preprocess: Preprocess
  /** Why the graph runs one picture of a batch after the other, where it does: batches of several gain nothing then. */
  readonly oneByOne?: string
  /** In column order. */
  readonly labels: readonly Omit<Label, 'index'>[]
  /** What was added to the base, the earliest first. */
  readonly increments: readonly { readonly name: string; readonly classes: readonly AddedClass[] }[]
}

export function modelCard(manifest: Manifest, input: InputCard): ModelCard {
  const { format, revision, base, backbone, preprocess, increments } = manifest
  return {
    format,
    revision,
    base: { name: base.name, sha256: base.sha256 },
    input,
    preprocess,
    ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    labels: labelsOf(manifest).map(({ index: _, ...label }) => label),
    increments: increments.map(({ name, classes }) => ({ name, classes })),
  }
}
