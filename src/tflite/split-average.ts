import { node } from '../onnx/build.js'
import { indexGraph } from '../onnx/graph.js'
import { changed, type GraphProto, type NodeProto } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../onnx/tensor.js'
import type { OnnxParts } from './onnx-parts.js'

/** A uint8 image, NCHW, by the names of its tensors. */
export interface QuantisedImage {
  readonly floats: string
  readonly integers: string
  readonly scale: string
  readonly zeroPoint: string
  readonly channels: number
}

/** The doc string of the node that puts the parts together. */
const mark = 'average of 3 x 3 pixels, in parts'

/**
 * Writes the average of the 3 x 3 pixels around each pixel, as far as they lie inside the image, for an input and an
 * output of one scale and zero point. ONNX Runtime's average of integers rounds one number at a time, several times
 * slower than the rest of the arithmetic; so the full windows are a convolution of each channel with ninths, and the
 * runtime averages only the border. The integers are the same: a ninth of an integer is never half-way between two. The
 * image is 4 or more pixels high and wide, as the runtime adds up the only window of an image in an order of its own.
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

  /** Averages over the two pixels at one end of an axis: of rows (2) with both corners, of columns (3) without. */
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

/** Makes split averages whole again, in place; their parts stay and are read by nobody. */
export function joinSplitAverages(graph: GraphProto): void {
  const { producer } = indexGraph(graph)
  const middle = (one: NodeProto | undefined): NodeProto | undefined => producer.get(one?.input[1] ?? '')
  graph.node = graph.node.flatMap((one) => {
    const quantise = one.docString === mark ? middle(middle(one)) : undefined
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
