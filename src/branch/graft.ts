import { partName, tensorNames } from '../backbone/tensor-names.js'
import { hashOf } from '../core/hash-of.js'
import type { Backbone } from '../features/backbone.js'
import { sizeOfLayers } from '../features/layers.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { cloneModel, decodeModel, encodeModel, type LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { branchFeatures, branchPrefix } from './branch-graph.js'
import { branchLayer, hasBranch } from './branch-layer.js'

/**
 * The backbone with a branch beside its own layers, as one more layer that heads may read. Its own nodes, and so its
 * logits and features, stay as they are.
 *
 * @param branch reads a tensor of the backbone, and gives `branchFeatures`
 */
export function graft(backbone: Backbone, branch: LoadedModel): Backbone {
  const model = cloneModel(decodeModel(backbone.graph))
  const { graph } = model
  const size = Number(shapeOf(branch.graph.output.find(({ name }) => name === branchFeatures)!)!.at(-1))
  const further = backbone.layers.filter(({ byDefault }) => !byDefault)
  const part = partName('further', further.length)
  graph.initializer.push(...branch.graph.initializer)
  const nodes = [...branch.graph.node, node('Identity', [branchFeatures], part)]
  const joined = graph.node.find(({ output }) => output.includes(tensorNames.further))
  // What it joins is to come before it.
  if (joined) graph.node = graph.node.filter((one) => one !== joined)
  const parts = [...(joined?.input ?? []), part]
  graph.node.push(...nodes, node('Concat', parts, tensorNames.further, { axis: 1 }))
  const [batch] = shapeOf(graph.output.find(({ name }) => name === tensorNames.baseLogits)!)!
  graph.output = [
    ...graph.output.filter(({ name }) => name !== tensorNames.further),
    valueInfo(tensorNames.further, DataType.FLOAT, [batch!, sizeOfLayers(further) + size]),
  ]
  const bytes = encodeModel(model)
  const layer = { name: branchLayer, size, cells: 1, byDefault: false }
  return { ...backbone, graph: bytes, graphHash: hashOf(bytes), layers: [...backbone.layers, layer] }
}

/** The backbone that a branch was grafted to, byte for byte; the same one where it has none. */
export function withoutBranch(backbone: Backbone): Backbone {
  if (!hasBranch(backbone)) return backbone
  const model = cloneModel(decodeModel(backbone.graph))
  const { graph } = model
  const layers = backbone.layers.filter(({ name }) => name !== branchLayer)
  const further = layers.filter(({ byDefault }) => !byDefault)
  const joined = graph.node.find(({ output }) => output.includes(tensorNames.further))!
  const [batch] = shapeOf(graph.output.find(({ name }) => name === tensorNames.baseLogits)!)!
  const part = partName('further', further.length)
  const isOfBranch = (tensor: string) => tensor.startsWith(branchPrefix) || tensor === part
  graph.node = graph.node.filter((one) => one !== joined && !one.output.some(isOfBranch))
  graph.initializer = graph.initializer.filter(({ name }) => !isOfBranch(name))
  graph.output = graph.output.filter(({ name }) => name !== tensorNames.further)
  if (further.length > 0) {
    graph.node.push(node('Concat', joined.input.slice(0, -1), tensorNames.further, { axis: 1 }))
    graph.output.push(valueInfo(tensorNames.further, DataType.FLOAT, [batch!, sizeOfLayers(further)]))
  }
  const bytes = encodeModel(model)
  return { ...backbone, graph: bytes, graphHash: hashOf(bytes), layers }
}
