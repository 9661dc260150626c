import { join } from 'node:path'
import { NpluskError } from '../core/errors.js'
import type { AddedHead } from '../head/added-head.js'
import type { HeadKind } from '../head/head-kind.js'
import { namedLayers, type ChosenLayer } from '../head/layer-choice.js'
import { LinearHead } from '../head/linear/linear-head.js'
import { MlpHead } from '../head/mlp/mlp-head.js'
import { headPrefix } from '../merge/merge-heads.js'
import { decodeModel, type LoadedModel, type TensorProto } from '../onnx/model.js'
import { columnsByIncrement } from './columns.js'
import { modelFile } from './layout.js'
import type { Manifest } from './manifest.js'
import { damagedModel, type InFolder } from './own-file.js'

/**
 * Decodes a bundle's model.
 *
 * @throws NpluskError `BAD_BUNDLE` when it is damaged
 */
export function decodeBundled({ folder }: InFolder, model: Uint8Array): LoadedModel {
  try {
    return decodeModel(model)
  } catch (cause) {
    throw damagedModel(folder, cause)
  }
}

/** Reads the added heads out of a bundle's model; see `Bundle.heads`. */
export function addedHeads(
  { folder, manifest }: InFolder & { readonly manifest: Manifest },
  { graph }: LoadedModel,
): AddedHead[] {
  const find = (name: string) => {
    const tensor = graph.initializer.find((one) => one.name === name)
    if (tensor === undefined) {
      const path = join(folder, modelFile)
      throw new NpluskError('BAD_BUNDLE', `${path} lacks ${name}; restore the bundle from a copy, or build it again.`)
    }
    return tensor
  }
  return columnsByIncrement(manifest.increments).map((columns, i) => {
    if (columns.length === 0) return LinearHead.empty(manifest.backbone.dim)
    const kind = manifest.training.heads?.[i] ?? 'softmax'
    const head = readHead(kind, headPrefix(i), find, layersOf(manifest, i))
    if (head.columns !== columns.length) {
      const message = `${folder} was made by an earlier version, and has a class in two heads, which cannot stay as they are.`
      throw new NpluskError('CONFLICT', message, { remedy: { kind: 'unfreeze-once' } })
    }
    return head
  })
}

function readHead(
  kind: HeadKind,
  prefix: string,
  find: (name: string) => TensorProto,
  layers: readonly ChosenLayer[] | undefined,
): AddedHead {
  return kind === 'mlp' ? MlpHead.read(prefix, find, layers) : LinearHead.read(prefix, find, kind, layers)
}

/** The layers that the head of an increment reads, where they are not the features as they are. */
function layersOf({ backbone, increments }: Manifest, i: number): readonly ChosenLayer[] | undefined {
  const names = increments[i]!.layers
  return names && namedLayers(backbone.layers ?? [], names).layers
}
