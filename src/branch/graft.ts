import { partName, tensorNames } from '../backbone/tensor-names.js'
import { hashOf } from '../core/hash-of.js'
import type { Backbone } from '../features/backbone.js'
import { sizeOfLayers, type Layer } from '../features/layers.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { cloneModel, decodeModel, encodeModel, type LoadedModel, type NodeProto } from '../onnx/model.js'
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
  const layers = [...backbone.layers, { name: branchLayer, size, cells: 1, byDefault: false }]
  graph.initializer.push(...branch.graph.initializer)
  const part = partName('further', furtherOf(layers).length - 1)
  const nodes = [...branch.graph.node, node('Identity', [branchFeatures], part)]
  return withFurther(backbone, model, layers, [...graph.node, ...nodes])
}

/** The backbone that a branch was grafted to, byte for byte; the same one where it has none. */
export function withoutBranch(backbone: Backbone): Backbone {
  if (!hasBranch(backbone)) return backbone
  const model = cloneModel(decodeModel(backbone.graph))
  const { graph } = model
  const layers = backbone.layers.filter(({ name }) => name !== branchLayer)
  const part = partName('further', furtherOf(layers).length)
  const isOfBranch = (tensor: string) => tensor.startsWith(branchPrefix) || tensor === part
  graph.initializer = graph.initializer.filter(({ name }) => !isOfBranch(name))
  const nodes = graph.node.filter(({ output }) => !output.some(isOfBranch))
  return withFurther(backbone, model, layers, nodes)
}

/**
 * The backbone with other layers.
 *
 * @param model its graph, which is changed
 * @param nodes of the graph, that which joins the further layers among them or not
 */
function withFurther(
  backbone: Backbone,
  model: LoadedModel,
  layers: readonly Layer[],
  nodes: readonly NodeProto[],
): Backbone {
  const { graph } = model
  const { further: name, baseLogits } = tensorNames
  const further = furtherOf(layers)
  const [batch] = shapeOf(graph.output.find((output) => output.name === baseLogits)!)!
  graph.node = nodes.filter(({ output }) => !output.includes(name))
  graph.output = graph.output.filter((output) => output.name !== name)
  if (further.length > 0) {
    // Behind all that it joins.
    const parts = further.map((_, i) => partName('further', i))
    graph.node.push(node('Concat', parts, name, { axis: 1 }))
    graph.output.push(valueInfo(name, DataType.FLOAT, [batch!, sizeOfLayers(further)]))
  }
  const bytes = encodeModel(model)
  return { ...backbone, graph: bytes, graphHash: hashOf(bytes), layers }
}

function furtherOf(layers: readonly Layer[]): Layer[] {
  return layers.filter(({ byDefault }) => !byDefault)
}
