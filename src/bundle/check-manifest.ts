import { isSha256 } from '../core/plain-names.js'
import { headChoices, headKinds } from '../head/head-kind.js'
import { checkPreprocess } from '../image/types.js'
import { unfitClass, unfitLayer, unfitTuning, type Parts } from './check-parts.js'
import {
  count,
  integer,
  list,
  name,
  nestsWithin,
  nullable,
  number,
  object,
  optional,
  share,
  text,
  that,
  type Check,
} from './check-shape.js'

/**
 * Finds the first fault in a manifest, as a path in it; `undefined` for a valid one. A bundle may come from an
 * untrusted source, and its fields become paths, sizes and array indices, so every field is checked once. Unknown
 * fields are ignored.
 */
export function faultInManifest(value: unknown): string | undefined {
  if (!nestsWithin(value, mostLevels)) return 'all of it'
  const fault =
    manifest(value) ?? unfitClass(value as Parts) ?? unfitLayer(value as Parts) ?? unfitTuning(value as Parts)
  return fault === '' ? 'all of it' : fault?.replace(/^\./, '')
}

/** Levels of objects and lists: more than a manifest has, and few enough for whatever goes through them all. */
const mostLevels = 50

/** Files of a bundle have names of this form only: a path could lead out of its folder. */
function fileOf(kind: string, extension: string): Check {
  const named = new RegExp(`^${kind}-[0-9a-f]{16}\\.${extension}$`)
  return that((value) => typeof value === 'string' && named.test(value))
}

const hash = that(isSha256)
const flag = that((value) => typeof value === 'boolean')

/** More than the features of any network. */
const maxFeatures = 2 ** 24
const maxViews = 1000

const increment = object({
  name,
  classes: list(object({ folder: text, label: name, mergedInto: optional(integer(0)), images: integer(0) })),
  features: fileOf('features', 'safetensors'),
  sha256: optional(hash),
  layers: optional(list(name, 1)),
})

/** The scaling of pixel values; see `InputRecord`. */
const input = object({
  values: nullable(object({ channels: text, scale: number(), mean: list(number(), 1), std: list(number(), 1) })),
  convention: nullable(text),
  source: text,
  sizeSource: text,
  sure: flag,
  evidence: text,
})

/** See `HeldOutRecord`. */
const heldOut = object({
  old: nullable(object({ top1Before: share, top1After: share, count })),
  new: object({ top1: nullable(share), count }),
  leak: nullable(share),
  miss: nullable(share),
  perClass: list(
    object({
      label: name,
      count,
      top1: share,
      averagePrecision: optional(share),
      threshold: optional(share),
      confusedWith: list(object({ label: name, count })),
    }),
  ),
})

const layersAsked: Check = (value) => (value === 'default' ? undefined : list(name, 1)(value))

/** See `LayerChoiceRecord`. */
const layerChoice = object({
  taken: name,
  tried: list(object({ name, loss: number(0) })),
})

/** What calibration gave; bundles of earlier versions have a single shift for all. */
const calibrated = {
  shifts: optional(list(nullable(number()))),
  confidenceQuantiles: list(share),
  standoutQuantiles: optional(list(number(), 1)),
  heldOut: optional(nullable(heldOut)),
}

/** See `FineTuningRecord`. */
const fineTuning = object({
  increments: integer(1),
  blocks: integer(1),
  epochs: number(0),
  images: count,
  heldOut: list(count),
  loss: object({ frozen: number(0), tuned: number(0) }),
  alone: object(calibrated),
})

const manifest = object({
  format: integer(1),
  revision: integer(1),
  base: object({
    name,
    sha256: hash,
    classes: list(object({ label: name, wnid: optional(text), names: list(text) }), 1),
    input: optional(input),
  }),
  backbone: object({
    file: fileOf('backbone', 'onnx'),
    sha256: hash,
    dim: integer(1, maxFeatures),
    layers: optional(list(object({ name, size: integer(1, maxFeatures), cells: integer(1), byDefault: flag }), 1)),
    oneByOne: optional(text),
  }),
  preprocess: isPreprocess,
  rehearsal: nullable(
    object({ file: fileOf('rehearsal', 'safetensors'), source: text, images: count, sha256: optional(hash) }),
  ),
  increments: list(increment),
  training: object({
    head: optional(that((value) => (headChoices as readonly unknown[]).includes(value))),
    heads: optional(list(nullable(that((value) => (headKinds as readonly unknown[]).includes(value))))),
    seed: integer(Number.MIN_SAFE_INTEGER),
    augment: integer(0, maxViews),
    prior: share,
    maxOldDrop: optional(share),
    regularisation: nullable(number(0)),
    layers: optional(layersAsked),
    layerChoices: optional(list(nullable(layerChoice))),
    ...calibrated,
    fineTuning: optional(fineTuning),
  }),
  sealed: optional(that((value) => value === true)),
})

function isPreprocess(value: unknown): string | undefined {
  try {
    checkPreprocess(value)
    return undefined
  } catch {
    return ''
  }
}
