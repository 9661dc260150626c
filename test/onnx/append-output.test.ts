import { describe, expect, test } from '@jest/globals'
import { appendOutput } from '../../src/onnx/append-output.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'

const sum = valueInfo('sum', DataType.FLOAT, ['n', 3])

/** y = 2 (x + 1), of which x + 1 is no output unless it is among these. */
function doubled(...outputs: readonly ReturnType<typeof valueInfo>[]) {
  return graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, ['n', 3])],
    outputs: [valueInfo('y', DataType.FLOAT, ['n', 3]), ...outputs],
    nodes: [node('Add', ['x', 'one'], 'sum'), node('Mul', ['sum', 'two'], 'y')],
    initializers: [floatTensor('one', [1], [1]), floatTensor('two', [1], [2])],
  })
}

describe('appendOutput', () => {
  test('is read as the model that was written with this output', () => {
    const appended = appendOutput(encodeModel(doubled()), sum)
    expect(encodeModel(decodeModel(appended))).toEqual(encodeModel(doubled(sum)))
  })

  test('the runtime gives the output beside the others', async () => {
    await using session = await openSession(appendOutput(encodeModel(doubled()), sum))
    const { y, sum: inner } = await session.run({ x: { dims: [1, 3], data: Float32Array.of(1, 2, 3) } }, ['y', 'sum'])
    expect([[...y!.data], [...inner!.data]]).toEqual([
      [4, 6, 8],
      [2, 3, 4],
    ])
  })

  test('a model that has the output stays as it is', () => {
    const model = encodeModel(doubled(sum))
    expect(appendOutput(model, sum)).toBe(model)
    const once = appendOutput(encodeModel(doubled()), sum)
    expect(appendOutput(once, sum)).toBe(once)
  })

  test('what is no model is refused', () => {
    expect(() => appendOutput(encodeModel(doubled()).subarray(0, 40), sum)).toThrow(RangeError)
  })
})
