import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType, floatTensor, int64Tensor } from '../../src/onnx/tensor.js'

/**
 * A backbone for pictures of 4 × 3. Features: the first row's pixels, 4 × RGB. Base logits: red minus blue of the first
 * pixel, and its green.
 */
export function tinyBackbone(): Uint8Array {
  const kernel = new Float32Array(12 * 2)
  kernel[0] = 1
  kernel[2 * 2] = -1
  kernel[1 * 2 + 1] = 1
  return encodeModel(
    graphModel({
      name: 'tiny-backbone',
      opset: 17,
      inputs: [valueInfo('image', DataType.UINT8, ['batch', 3, 4, 3])],
      outputs: [
        valueInfo('base_logits', DataType.FLOAT, ['batch', 2]),
        valueInfo('features', DataType.FLOAT, ['batch', 12]),
      ],
      nodes: [
        node('Cast', ['image'], 'pixels', { to: DataType.FLOAT }),
        node('Gather', ['pixels', 'top'], 'row', { axis: 1 }),
        node('Flatten', ['row'], 'features', { axis: 1 }),
        node('MatMul', ['features', 'kernel'], 'base_logits'),
      ],
      initializers: [int64Tensor('top', [], [0]), floatTensor('kernel', [12, 2], kernel)],
    }),
  )
}
