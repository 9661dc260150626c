import { join } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { emptyHead } from '../head/columns.js'
import type { Head } from '../head/types.js'
import { headPrefix } from '../merge/merge-heads.js'
import { decodeModel, type LoadedModel } from '../onnx/model.js'
import { dimsOf, readTensor } from '../onnx/tensor.js'
import { columnsByIncrement } from './columns.js'
import { modelFile } from './layout.js'
import type { Manifest } from './manifest.js'
import { damagedModel, type InFolder } from './own-file.js'

/**
 * A bundle's model as a graph.
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

/** The added heads in a bundle's model; see `Bundle.heads`. */
export function addedHeads(
  { folder, manifest }: InFolder & { readonly manifest: Manifest },
  { graph }: LoadedModel,
): Head[] {
  const find = (name: string) => {
    const tensor = graph.initializer.find((one) => one.name === name)
    if (tensor === undefined) {
      const path = join(folder, modelFile)
      throw new NpluskError('BAD_BUNDLE', `${path} lacks ${name}; restore the bundle from a copy, or build it again.`)
    }
    return tensor
  }
  return columnsByIncrement(manifest.increments).map((columns, i) => {
    if (columns.length === 0) return emptyHead(manifest.backbone.dim)
    const weight = find(`${headPrefix(i)}weight`)
    const [dim, classes] = dimsOf(weight) as [number, number]
    if (classes !== columns.length) {
      const message = `${folder} was made by an earlier version, and has a class in two heads, which cannot stay as they are.`
      throw new NpluskError('CONFLICT', message, { remedy: { kind: 'unfreeze-once' } })
    }
    const values = (tensor: typeof weight) => Float32Array.from(readTensor(tensor))
    return { dim, classes, weight: values(weight), bias: values(find(`${headPrefix(i)}bias`)) }
  })
}
