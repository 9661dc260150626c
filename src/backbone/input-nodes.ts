import { node } from '../onnx/build.js'
import type { GraphProto, NodeProto } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../onnx/tensor.js'
import type { ImageInput } from '../locate/locate.js'
import type { Normalisation } from './normalisation.js'
import { addedPrefix, tensorNames } from './tensor-names.js'

/** Constants that `inputNodes` reads. A graph that takes all four as inputs can run under every normalisation. */
export const normalisationTensors = {
  /** int64 [3] */
  channels: `${addedPrefix}channels`,
  /** float [1], factor for pixel values 0..255 */
  scale: `${addedPrefix}scale`,
  /** float [3] along the channel axis */
  mean: `${addedPrefix}mean`,
  /** float [3] along the channel axis */
  std: `${addedPrefix}std`,
} as const

/** The shape of `mean` and `std`. */
export function channelShape({ layout, channels }: Pick<ImageInput, 'layout' | 'channels'>): number[] {
  return layout === 'NHWC' ? [1, 1, 1, channels] : [1, channels, 1, 1]
}

/**
 * The luma of ITU-R BT.601, Y' = 0.299 R' + 0.587 G' + 0.114 B', of stored sRGB values. It equals Pillow's
 * `convert('L')`, and so the input of nearly all training code, bit for bit: weights in 65536ths, rounded at the end,
 * sums below 2³¹.
 */
const luma = { weights: [19595, 38470, 7471], half: 32768, whole: 65536 }

/**
 * Builds the nodes from `image` to the input of the base graph: transposed while still uint8, a quarter of the bytes,
 * then cast and normalised. For a graph with one channel, colours become their luma. Constants are added to `graph`.
 *
 * @param input of the base graph, under the name it has in `graph`
 * @param normalisation `undefined` where the graph takes the pixels as they are
 */
export function inputNodes(
  graph: GraphProto,
  input: Pick<ImageInput, 'name' | 'layout' | 'type' | 'channels'>,
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
  if (input.channels === 1) {
    const integers = (name: string, values: readonly number[]) => {
      graph.initializer.push(
        tensor(`${addedPrefix}luma/${name}`, DataType.INT32, [values.length], Int32Array.from(values)),
      )
      return `${addedPrefix}luma/${name}`
    }
    push('Cast', [current], { to: DataType.INT32 })
    push('Mul', [current, integers('weights', luma.weights)])
    const weighted = current
    // Three Gathers and two Adds, since these, unlike ReduceSum, are the same in all opsets.
    const slices = [0, 1, 2].map((channel) => {
      const name = `${addedPrefix}luma/${channel}`
      graph.initializer.push(int64Tensor(name, [1], [channel]))
      push('Gather', [weighted, name], { axis: 3 })
      return current
    })
    push('Add', [slices[0]!, slices[1]!])
    push('Add', [current, slices[2]!])
    push('Add', [current, integers('half', [luma.half])])
    push('Div', [current, integers('whole', [luma.whole])])
    if (input.type === 'uint8') push('Cast', [current], { to: DataType.UINT8 })
  }
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
