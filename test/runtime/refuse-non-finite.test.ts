import { describe, expect, test } from '@jest/globals'
import { modelCard, inputs } from '../../src/export/card.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType, floatTensor, int64Tensor } from '../../src/onnx/tensor.js'
import { refuseNonFinite } from '../../src/runtime/refuse-non-finite.js'
import { verifyExport } from '../../src/export/verify.js'
import { tinyManifest } from '../bundle/tiny-bundle.js'

const answers = (...logits: number[]) => ({ logits: { dims: [1, logits.length], data: Float32Array.from(logits) } })

describe('a model that answers with what is no finite number', () => {
  test.each([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
  ])('is refused for one %s, with its column', (text, value) => {
    expect(() => refuseNonFinite('The merged model.onnx', answers(1, 2, value))).toThrow(
      expect.objectContaining({
        code: 'BAD_MODEL',
        message: expect.stringMatching(
          `^The merged model.onnx answers noise with logits that are no finite numbers \\(${text} in column 2\\); nothing was written`,
        ),
      }),
    )
    expect(() => refuseNonFinite('x', answers(1, 2, -3e38))).not.toThrow()
  })

  test('is not exported, even where its export answers alike', async () => {
    const card = modelCard(tinyManifest(), inputs.uint8)
    await expect(verifyExport(dividing(1), dividing(1), card)).resolves.toBeUndefined()
    await expect(verifyExport(dividing(0), dividing(0), card)).rejects.toThrow(
      'The model of the bundle answers noise with logits that are no finite numbers',
    )
    await expect(verifyExport(dividing(1), dividing(0), card)).rejects.toThrow('What was exported answers noise with')
  })
})

/** A graph of 4 × 4 images whose two logits are the first two pixels divided by a number. */
function dividing(divisor: number): Uint8Array {
  return encodeModel(
    graphModel({
      name: 'dividing',
      opset: 17,
      inputs: [valueInfo('image', DataType.UINT8, ['batch', 4, 4, 3])],
      outputs: [valueInfo('logits', DataType.FLOAT, ['batch', 2])],
      nodes: [
        node('Cast', ['image'], 'pixels', { to: DataType.FLOAT }),
        node('Flatten', ['pixels'], 'flat', { axis: 1 }),
        node('Gather', ['flat', 'first'], 'two', { axis: 1 }),
        node('Div', ['two', 'divisor'], 'logits'),
      ],
      initializers: [int64Tensor('first', [2], [0, 1]), floatTensor('divisor', [1], [divisor])],
    }),
  )
}
