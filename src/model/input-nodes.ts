import { node } from '../onnx/build.js'
import type { GraphProto, NodeProto } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor } from '../onnx/tensor.js'
import type { ImageInput } from './locate.js'
import type { Normalisation } from './normalisation.js'
import { addedPrefix, tensorNames } from './tensor-names.js'

/** The constants that `inputNodes` reads; a graph in which all four are inputs tries every normalisation. */
export const normalisationTensors = {
  /** int64 [3] */
  channels: `${addedPrefix}channels`,
  /** float [1], what a pixel value 0..255 is multiplied with */
  scale: `${addedPrefix}scale`,
  /** float [3] along the channel axis */
  mean: `${addedPrefix}mean`,
  /** float [3] along the channel axis */
  std: `${addedPrefix}std`,
} as const

/** The shape of `mean` and `std`. */
export function channelShape({ layout }: Pick<ImageInput, 'layout'>): number[] {
  return layout === 'NHWC' ? [1, 1, 1, 3] : [1, 3, 1, 1]
}

/**
 * The nodes from `image` to what the base graph takes: transposed as uint8, a quarter of the bytes, then cast and
 * normalised. Their constants are added to `graph`.
 *
 * @param input of the base graph, under the name it has in `graph`
 * @param normalisation `undefined` where the graph takes the pixels as they are
 */
export function inputNodes(
  graph: GraphProto,
  input: Pick<ImageInput, 'name' | 'layout' | 'type'>,
  normalisation: Normalisation | undefined,
): NodeProto[] {
  const nodes: NodeProto[] = []
  let current: string = tensorNames.image
  const push = (op: string, inputs: readonly string[], attributes = {}) => {
    const output = `${addedPrefix}input${nodes.length}`
    nodes.push(node(op, inputs, output, attributes))
    current = output
  }
  const constant = (name: string, values: readonly number[]) => {
    graph.initializer.push(floatTensor(name, values.length === 1 ? [1] : channelShape(input), values))
    return name
  }
  const channelsLast = input.layout === 'NHWC'
  if (!channelsLast) push('Transpose', [current], { perm: [0, 3, 1, 2] })
  if (normalisation?.channels === 'BGR') {
    graph.initializer.push(int64Tensor(normalisationTensors.channels, [3], [2, 1, 0]))
    push('Gather', [current, normalisationTensors.channels], { axis: channelsLast ? 3 : 1 })
  }
  if (input.type === 'uint8') {
    nodes.push(node('Identity', [current], input.name))
    return nodes
  }
  const { scale, mean, std } = normalisation ?? { scale: 255, mean: [], std: [] }
  push('Cast', [current], { to: DataType.FLOAT })
  if (scale !== 255) push('Mul', [current, constant(normalisationTensors.scale, [scale / 255])])
  if (mean.some((value) => value !== 0)) push('Sub', [current, constant(normalisationTensors.mean, mean)])
  if (std.some((value) => value !== 1)) push('Div', [current, constant(normalisationTensors.std, std)])
  nodes.push(node('Cast', [current], input.name, { to: input.type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT }))
  return nodes
}
