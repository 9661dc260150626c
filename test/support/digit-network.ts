import { createRandom } from '../../src/math/random.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import type { LoadedModel } from '../../src/onnx/model.js'

/** Shapes of the parameters: two convolutions, and a linear layer over what they leave. */
export const digitParameters = {
  'conv1.weight': [16, 1, 3, 3],
  'conv1.bias': [16],
  'conv2.weight': [32, 16, 3, 3],
  'conv2.bias': [32],
  'linear.weight': [10, 32 * 7 * 7],
  'linear.bias': [10],
} as const

/** A small network for digits of 28×28, untrained: He's initial weights. */
export function digitNetwork(): LoadedModel {
  const random = createRandom(2)
  const drawn = Object.entries(digitParameters).map(([name, dims]) => {
    const length = dims.reduce((product, dim) => product * dim, 1)
    const deviation = name.endsWith('bias') ? 0 : Math.sqrt((2 * dims[0]) / length)
    return floatTensor(
      name,
      dims,
      Float32Array.from({ length }, () => deviation * random.normal()),
    )
  })
  const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }
  return graphModel({
    name: 'digits',
    opset: 17,
    inputs: [valueInfo('pixels', DataType.FLOAT, ['n', 1, 28, 28])],
    outputs: [valueInfo('logits', DataType.FLOAT, ['n', 10])],
    nodes: [
      node('Conv', ['pixels', 'conv1.weight', 'conv1.bias'], 'first', same),
      node('Relu', ['first'], 'active1'),
      node('MaxPool', ['active1'], 'pooled', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Conv', ['pooled', 'conv2.weight', 'conv2.bias'], 'second', same),
      node('Relu', ['second'], 'active2'),
      node('AveragePool', ['active2'], 'averaged', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Flatten', ['averaged'], 'flat'),
      node('Gemm', ['flat', 'linear.weight', 'linear.bias'], 'logits', { transB: 1 }),
    ],
    initializers: drawn,
  })
}
