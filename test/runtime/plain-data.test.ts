import { expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { plainData } from '../../src/runtime/plain-data.js'
import { openSession } from '../../src/runtime/session.js'

const numbers = [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, 1 / 3]
const rounded = [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, 0.333251953125]

test('half floats that the runtime gives come out as numbers, whatever Node has for them', async () => {
  const model = graphModel({
    name: 'halves',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, ['n'])],
    outputs: [valueInfo('y', DataType.FLOAT16, ['n'])],
    nodes: [node('Cast', ['x'], 'y', { to: DataType.FLOAT16 })],
    initializers: [],
  })
  const session = await openSession(encodeModel(model))
  try {
    const { y } = await session.run({ x: { dims: [numbers.length], data: Float32Array.from(numbers) } }, ['y'])
    expect(y!.data).toBeInstanceOf(Float32Array)
    expect([...y!.data]).toEqual(rounded)
  } finally {
    await session.close()
  }
})

test('bits and numbers are told apart; other types are left alone', () => {
  expect([...plainData({ type: 'float16', data: Uint16Array.of(0x3c00, 0xc100) })]).toEqual([1, -2.5])
  // The array that later versions of Node return, which this one may lack.
  expect([...plainData({ type: 'float16', data: Float32Array.of(1, -2.5) })]).toEqual([1, -2.5])
  const data = Uint8Array.of(1, 2)
  expect(plainData({ type: 'uint8', data })).toBe(data)
})
