import { mergeHeads } from '../merge/merge-heads.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import { columnsByIncrement } from './columns.js'
import { manifestKey } from './layout.js'
import { bundleFormat, labelsOf, type Manifest } from './manifest.js'
import type { BundleParts } from './parts.js'
import { sealed } from './seals/model-seal.js'

/** Builds `model.onnx`: the backbone and all heads in one graph, with the metadata that readers need, and sealed. */
export function mergedModel({ backbone, increments }: BundleParts, manifest: Manifest): Uint8Array {
  const heads = columnsByIncrement(manifest.increments).map((columns, i) => ({
    head: increments[i]!.head,
    mergedInto: columns.map(({ mergedInto }) => mergedInto),
  }))
  return sealed(encodeModel(mergeHeads(decodeModel(backbone.graph), heads, metadataOf(manifest))))
}

/** The `metadata_props` of a model with this manifest. */
export function metadataOf(manifest: Manifest): Record<string, string> {
  const { base, backbone, preprocess } = manifest
  return {
    ...(backbone.oneByOne === undefined ? {} : { 'nplusk.oneByOne': JSON.stringify(backbone.oneByOne) }),
    'nplusk.format': String(bundleFormat),
    'nplusk.labels': JSON.stringify(labelsOf(manifest).map(({ index: _, ...label }) => label)),
    'nplusk.preprocess': JSON.stringify(preprocess),
    'nplusk.base': JSON.stringify({ name: base.name, sha256: base.sha256 }),
    [manifestKey]: JSON.stringify(manifest),
  }
}
