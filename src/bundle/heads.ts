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
  const path = join(folder, modelFile)
  const unfit = (what: string) =>
    new NpluskError('BAD_BUNDLE', `${path} ${what}; restore the bundle from a copy, or build it again.`)
  const find = (name: string) => {
    const tensor = graph.initializer.find((one) => one.name === name)
    if (tensor === undefined) throw unfit(`lacks ${name}`)
    return tensor
  }
  return columnsByIncrement(manifest.increments).map((columns, i) => {
    if (columns.length === 0) return LinearHead.empty(manifest.backbone.dim)
    const kind = manifest.training.heads?.[i] ?? 'softmax'
    const layers = layersOf(manifest, i)
    const head = readHead(kind, headPrefix(i), find, layers)
    const dim = layers?.reduce((sum, { start, end }) => sum + end - start, 0) ?? manifest.backbone.dim
    if (!fits(head, dim)) throw unfit(`has weights under ${headPrefix(i)} that fit no head of ${dim} features`)
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
): LinearHead | MlpHead {
  return kind === 'mlp' ? MlpHead.read(prefix, find, layers) : LinearHead.read(prefix, find, kind, layers)
}

/** Whether a head has the weights that its numbers of features and columns ask for. */
function fits(head: LinearHead | MlpHead, dim: number): boolean {
  if (head instanceof LinearHead) return head.dim === dim && isLayer(head, [dim, head.columns])
  const { width, columns, hiddenWeight, hiddenBias, weight, bias } = head.weights
  const hidden = { weight: hiddenWeight, bias: hiddenBias }
  return head.weights.dim === dim && isLayer(hidden, [dim, width]) && isLayer({ weight, bias }, [width, columns])
}

function isLayer(
  { weight, bias }: { readonly weight: Float32Array; readonly bias: Float32Array },
  [from, to]: readonly [from: number, to: number],
): boolean {
  return weight.length === from * to && bias.length === to
}

/** The layers that the head of an increment reads, where they are not the features as they are. */
function layersOf({ backbone, increments }: Manifest, i: number): readonly ChosenLayer[] | undefined {
  const names = increments[i]!.layers
  return names && namedLayers(backbone.layers ?? [], names).layers
}
