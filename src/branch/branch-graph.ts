import { addedPrefix } from '../backbone/tensor-names.js'
import { NpluskError } from '../core/errors.js'
import type { Backbone } from '../features/backbone.js'
import { valueInfo } from '../onnx/build.js'
import { renameTensors } from '../onnx/rename.js'
import { indexGraph } from '../onnx/graph.js'
import { changed, cloneModel, decodeModel, encodeModel, type GraphProto, type LoadedModel } from '../onnx/model.js'
import { keepNeeded } from '../onnx/prune.js'
import { DataType, elementCount } from '../onnx/tensor.js'
import { toPrecision } from '../precision/convert.js'
import { bottleneckTensor, type Cut } from './cut.js'

/** Prefix of all tensors of a branch but the one it reads. */
export const branchPrefix = `${addedPrefix}branch/`

/** The tensor of a branch that describes an image, [batch, size]. */
export const branchFeatures = `${branchPrefix}features`

/** A copy of the layers after a cut. */
export interface Branch {
  /** In float32: from the cut's tensor to `branchFeatures`, for any batch. */
  readonly model: LoadedModel
  /** The initialisers to train: weights and biases of convolutions and matrix products. */
  readonly parameters: readonly string[]
}

const weighted = new Set(['Conv', 'Gemm', 'MatMul'])

/**
 * Copies the layers after a cut, up to the bottleneck, with the weights that they have: those of a quantised model in
 * float32, as in `precision/`.
 *
 * @throws NpluskError `BAD_MODEL` where there is no float32 form, where what comes after the cut reads more than its
 *   tensor, or has no weights
 */
export function branchFrom(backbone: Pick<Backbone, 'graph' | 'layers'>, { tensor, shape }: Cut): Branch {
  const model = cloneModel(toPrecision(decodeModel(backbone.graph), 'float32'))
  const { graph } = model
  const bottleneck = bottleneckTensor(backbone)
  const size = backbone.layers.findLast(({ byDefault }) => byDefault)!.size
  graph.node = graph.node.filter(({ output }) => !output.includes(tensor))
  graph.input = [...graph.input, valueInfo(tensor, DataType.FLOAT, ['batch', ...shape])]
  graph.output = [valueInfo(bottleneck, DataType.FLOAT, ['batch', size])]
  graph.valueInfo = []
  keepNeeded(graph)
  liftConstants(graph)
  if (graph.input.length !== 1) {
    throw new NpluskError('BAD_MODEL', 'The model cannot be fine-tuned from there on: what comes after reads more.')
  }
  const names = [...graph.initializer.map(({ name }) => name), ...graph.node.flatMap(({ output }) => output)]
  const renamed = names.filter((name) => name !== '').map((name) => [name, `${branchPrefix}${name}`] as const)
  renameTensors(graph, new Map([...renamed, [bottleneck, branchFeatures]]))
  const parameters = parametersOf(model)
  if (parameters.length === 0) {
    const message = 'The model cannot be fine-tuned from there on: no float32 weights of its layers are found.'
    throw new NpluskError('BAD_MODEL', message)
  }
  return { model: changed(model, { metadataProps: [] }), parameters }
}

/** Makes initialisers of the tensors of Constant nodes, as which some exporters write weights. */
function liftConstants(graph: GraphProto): void {
  const { constants } = indexGraph(graph)
  const lifted = graph.node.filter(({ opType, output }) => opType === 'Constant' && constants.has(output[0]!))
  graph.initializer = [
    ...graph.initializer,
    ...lifted.map(({ output: [name = ''] }) => changed(constants.get(name)!, { name })),
  ]
  graph.node = graph.node.filter((node) => !lifted.includes(node))
}

/** The layers before a cut, as an ONNX file that gives its tensor. */
export function trunkOf(backbone: Pick<Backbone, 'graph'>, { tensor, shape }: Cut): Uint8Array {
  const model = cloneModel(decodeModel(backbone.graph))
  const { graph } = model
  graph.output = [valueInfo(tensor, DataType.FLOAT, ['batch', ...shape])]
  keepNeeded(graph)
  return encodeModel(model)
}

function parametersOf({ graph }: LoadedModel): string[] {
  const floats = new Set(
    graph.initializer
      .filter((tensor) => tensor.dataType === (DataType.FLOAT as number) && elementCount(tensor) > 1)
      .map(({ name }) => name),
  )
  const read = graph.node.filter(({ opType }) => weighted.has(opType)).flatMap(({ input }) => input)
  return [...new Set(read)].filter((name) => floats.has(name))
}
