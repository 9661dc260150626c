import { describe, expect, test } from '@jest/globals'
import { indexGraph } from '../../src/onnx/graph.js'
import { encodeModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { tfliteToOnnx } from '../../src/tflite/convert.js'
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../src/tflite/model.js'
import { randomBytes } from '../support/random-bytes.js'
import { referenceLogits } from './reference.js'
import { tinyClassifier } from './tiny-classifier.js'

const model = tinyClassifier()
const imageSize = 8 * 7 * 3
const batch = 4
const images = randomBytes(batch * imageSize)
const expected = Array.from({ length: batch }, (_, i) =>
  referenceLogits(model, images.subarray(i * imageSize, (i + 1) * imageSize)),
)

describe('tfliteToOnnx', () => {
  test('float32 computes what TFLite does, on real numbers', async () => {
    const logits = await run('float32', images)
    expected.flat().forEach((value, i) => expect(logits[i]).toBeCloseTo(value, 4))
  })

  test('qdq stays within the rounding of its uint8 steps', async () => {
    const logits = await run('qdq', images)
    // Each of the 8 pooled channels is off by at most one or two steps of 2^-5, times weights of mean size about 1.
    const tolerance = 8 * 2 * 2 ** -5
    expected.flat().forEach((value, i) => expect(Math.abs(logits[i]! - value)).toBeLessThan(tolerance))
  })

  test('the bytes of the file may be a Buffer, and lie anywhere in it', () => {
    const unaligned = (data: Uint8Array) => Buffer.concat([Buffer.alloc(1), data]).subarray(1)
    const tensors = model.tensors.map((tensor) => ({ ...tensor, data: unaligned(tensor.data) }))
    const convert = (of: TfliteModel) => encodeModel(tfliteToOnnx(of, { form: 'qdq' }))
    expect(convert({ ...model, tensors })).toEqual(convert(model))
  })

  test('the reference is no trivial one: clamps bite, and the images differ', () => {
    const [first, second] = expected
    expect(first).not.toEqual(second)
    const wide = {
      ...model,
      tensors: model.tensors.map((tensor) => (tensor.name === 'stem' ? withZeroPoint(tensor, 128) : tensor)),
    }
    expect(referenceLogits(wide, images.subarray(0, imageSize))).not.toEqual(first)
  })

  test.each(['qdq', 'float32'] as const)('%s: a batch gives what its images give one by one', async (form) => {
    const together = await run(form, images)
    for (let i = 0; i < batch; i++) {
      const alone = await run(form, images.subarray(i * imageSize, (i + 1) * imageSize))
      alone.forEach((value, c) => expect(together[i * 5 + c]).toBeCloseTo(value, 5))
    }
  })

  test('tensors keep their names, and the head is plain numbers in either form', () => {
    for (const form of ['qdq', 'float32'] as const) {
      const { producer, constants } = indexGraph(tfliteToOnnx(model, { form }).graph)
      for (const name of ['stem', 'concat', 'pooled', 'logits']) expect(producer.has(name)).toBe(true)
      expect(producer.get('head')!.input).toEqual(['pooled', 'head/weights', 'head/bias'])
      expect(constants.has('head/weights') && constants.has('head/bias')).toBe(true)
    }
  })

  test('the input is turned while it is still uint8, and the logits are not quantised', () => {
    const { graph } = tfliteToOnnx(model, { form: 'qdq' })
    expect(graph.node.slice(0, 2).map(({ opType }) => opType)).toEqual(['Transpose', 'DequantizeLinear'])
    expect(graph.node.slice(-3).map(({ opType }) => opType)).toEqual(['DequantizeLinear', 'Conv', 'Flatten'])
  })

  test('an average around each pixel is written in parts, as integers only, and a pool where the scale changes', () => {
    const pools = (from: TfliteModel, form: 'qdq' | 'float32') =>
      tfliteToOnnx(from, { form }).graph.node.filter(({ opType }) => opType === 'AveragePool').length
    const rescaled = withTensor('average', (tensor) => withZeroPoint(tensor, 1))
    expect([pools(model, 'qdq'), pools(model, 'float32'), pools(rescaled, 'qdq')]).toEqual([5, 2, 2])
  })

  test.each<[string, TfliteModel]>([
    ['The TFLite operator SOFTMAX cannot', withOperator(1, (pool) => ({ ...pool, type: 'OTHER', name: 'SOFTMAX' }))],
    ['Version 2 of the TFLite operator MAX_POOL_2D', withOperator(1, (pool) => ({ ...pool, version: 2 }))],
    [
      'CONV_2D with a fused RELU',
      withOperator(0, (conv) => ({ ...conv, options: { ...options(conv), activation: 'RELU' } }) as TfliteOperator),
    ],
    ['stem/weights is INT8, not UINT8', withTensor('stem/weights', (tensor) => ({ ...tensor, type: 'INT8' }))],
    ['head/bias is FLOAT32, not INT32', withTensor('head/bias', (tensor) => ({ ...tensor, type: 'FLOAT32' }))],
    [
      'concat is not quantised with one scale',
      withTensor('concat', (tensor) => ({ ...tensor, quantization: { scale: [1, 2], zeroPoint: [0, 0] } })),
    ],
    [
      'stem/weights is damaged: its data does not fit',
      withTensor('stem/weights', (tensor) => ({ ...tensor, shape: [4, 3, 3, 4] })),
    ],
    ['makes stem is damaged: its window', withTensor('stem', (tensor) => ({ ...tensor, shape: [1, 5, 4, 4] }))],
    [
      'concatenation concat does not join channels',
      withOperator(3, (concat) => ({ ...concat, options: { axis: 1, activation: 'NONE' } }) as TfliteOperator),
    ],
    ['reshape logits does more', withTensor('head', (tensor) => ({ ...tensor, shape: [1, 1, 1, 6] }))],
    ['reads a tensor that no operator before it makes', withOperator(1, (pool) => ({ ...pool, inputs: [7] }))],
    ['has no constant as its input 1', withOperator(0, (conv) => ({ ...conv, inputs: [0, 3, 2] }))],
    ['does not make one new tensor', withOperator(1, (pool) => ({ ...pool, outputs: [3] }))],
    ['No TFLite operator makes the output', { ...model, operators: model.operators.slice(0, -1) }],
    ["The TFLite model's input is not one image", { ...model, inputs: [0, 3] }],
    ['name "stem" is missing, reserved or used twice', withTensor('max', (tensor) => ({ ...tensor, name: 'stem' }))],
  ])('refuses what it cannot convert: %s', (message, broken) => {
    for (const form of ['qdq', 'float32'] as const) expect(() => tfliteToOnnx(broken, { form })).toThrow(message)
  })
})

async function run(form: 'qdq' | 'float32', pixels: Uint8Array): Promise<number[]> {
  const session = await openSession(encodeModel(tfliteToOnnx(model, { form })))
  try {
    const { logits } = await session.run({ image: { data: pixels, dims: [pixels.length / imageSize, 8, 7, 3] } }, [
      'logits',
    ])
    expect(logits!.dims).toEqual([pixels.length / imageSize, 5])
    return [...(logits!.data as Float32Array)]
  } finally {
    await session.close()
  }
}

function options(operator: TfliteOperator): object {
  return 'options' in operator ? operator.options : {}
}

function withOperator(index: number, change: (operator: TfliteOperator) => TfliteOperator): TfliteModel {
  return { ...model, operators: model.operators.map((operator, i) => (i === index ? change(operator) : operator)) }
}

function withTensor(name: string, change: (tensor: TfliteTensor) => TfliteTensor): TfliteModel {
  return { ...model, tensors: model.tensors.map((tensor) => (tensor.name === name ? change(tensor) : tensor)) }
}

function withZeroPoint(tensor: TfliteTensor, zeroPoint: number): TfliteTensor {
  return { ...tensor, quantization: { ...tensor.quantization, zeroPoint: [zeroPoint] } }
}
