import { node } from '../onnx/build.js'
import { indexGraph } from '../onnx/graph.js'
import { changed, type GraphProto, type NodeProto } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../onnx/tensor.js'
import type { OnnxParts } from './onnx-parts.js'

/** A quantised uint8 image, NCHW, by the names of its tensors. */
export interface QuantisedImage {
  readonly floats: string
  readonly integers: string
  readonly scale: string
  readonly zeroPoint: string
  readonly channels: number
}

/** Doc string of the node that joins the parts. */
const mark = 'average of 3 x 3 pixels, in parts'

/**
 * Writes a 3 x 3 average pool with stride 1, over the pixels inside the image, for an input and an output of the same
 * scale and zero point.
 *
 * ONNX Runtime's average pool of integers rounds one number at a time, several times slower than the rest of the
 * arithmetic. So the full windows become a depthwise convolution with weights of 1/9, and the runtime averages only the
 * border. The integers are the same, because a ninth of an integer is never half-way between two. The image must be at
 * least 4 pixels high and wide, because the runtime sums the only window of an image in a different order.
 */
export function writeSplitAverage(
  { nodes, initializers }: OnnxParts,
  input: QuantisedImage,
  output: QuantisedImage,
): void {
  const name = output.floats
  const quantise = (part: string): string => {
    nodes.push(node('QuantizeLinear', [part, output.scale, output.zeroPoint], `${part}/quantized`))
    return `${part}/quantized`
  }

  const [ninths, inside] = [`${name}/ninths`, `${name}/inside`]
  const { channels } = input
  initializers.push(
    tensor(`${ninths}/quantized`, DataType.INT8, [channels, 1, 3, 3], new Int8Array(channels * 9).fill(1)),
    floatTensor(`${ninths}/scale`, [], [1 / 9]),
    tensor(`${ninths}/zero_point`, DataType.INT8, [], Int8Array.of(0)),
  )
  nodes.push(
    node('DequantizeLinear', [`${ninths}/quantized`, `${ninths}/scale`, `${ninths}/zero_point`], ninths),
    node('Conv', [input.floats, ninths], inside, { kernel_shape: [3, 3], group: channels }),
  )

  /**
   * Averages of the two rows (axis 2) or columns (axis 3) at one end of the image; rows include both corners, columns
   * none.
   */
  const border = (side: string, axis: 2 | 3, from: number, to: number): string => {
    const part = `${name}/${side}`
    initializers.push(
      int64Tensor(`${part}/from`, [1], [from]),
      int64Tensor(`${part}/to`, [1], [to]),
      int64Tensor(`${part}/axis`, [1], [axis]),
    )
    nodes.push(
      node('Slice', [input.integers, `${part}/from`, `${part}/to`, `${part}/axis`], `${part}/integers`),
      node('DequantizeLinear', [`${part}/integers`, input.scale, input.zeroPoint], `${part}/floats`),
      node('AveragePool', [`${part}/floats`], part, {
        kernel_shape: axis === 2 ? [2, 3] : [3, 2],
        pads: axis === 2 ? [0, 1, 0, 1] : [0, 0, 0, 0],
        count_include_pad: 0,
      }),
    )
    return quantise(part)
  }
  const end = 2 ** 31
  const [top, bottom] = [border('top', 2, 0, 2), border('bottom', 2, -2, end)]
  const [left, right] = [border('left', 3, 0, 2), border('right', 3, -2, end)]
  const between = `${name}/between`
  nodes.push(
    node('Concat', [left, quantise(inside), right], between, { axis: 3 }),
    changed(node('Concat', [top, between, bottom], output.integers, { axis: 2 }), { docString: mark }),
    node('DequantizeLinear', [output.integers, output.scale, output.zeroPoint], output.floats),
  )
}

/** Turns split averages back into average pools, in place; the nodes of their parts stay, but nothing reads them. */
export function joinSplitAverages(graph: GraphProto): void {
  const { producer } = indexGraph(graph)
  const middleInput = (one: NodeProto | undefined): NodeProto | undefined => producer.get(one?.input[1] ?? '')
  graph.node = graph.node.flatMap((one) => {
    const quantise = one.docString === mark ? middleInput(middleInput(one)) : undefined
    const inside = producer.get(quantise?.input[0] ?? '')
    if (quantise?.opType !== 'QuantizeLinear' || inside?.opType !== 'Conv') return [one]
    const [output = ''] = one.output
    return [
      node('AveragePool', inside.input.slice(0, 1), `${output}/average`, {
        kernel_shape: [3, 3],
        pads: [1, 1, 1, 1],
        count_include_pad: 0,
      }),
      node('QuantizeLinear', [`${output}/average`, ...quantise.input.slice(1)], output),
    ]
  })
}
