import { expect, test } from '@jest/globals'
import { roundActivations } from '../../bench/precision/round-activations.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import { toPrecision } from '../../src/precision/convert.js'
import { openSession } from '../../src/runtime/session.js'

test('results are rounded as float16 arithmetic rounds them', async () => {
  // y = (x + 2048) - 2048: half floats near 2048 are two apart.
  const model = graphModel({
    name: 'steps',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [3])],
    outputs: [valueInfo('y', DataType.FLOAT, [3])],
    nodes: [node('Add', ['x', 'c'], 'sum'), node('Sub', ['sum', 'c'], 'y')],
    initializers: [floatTensor('c', [], [2048])],
  })
  const half = toPrecision(model, 'float16')
  expect(await run(roundActivations(half))).toEqual([0, 2, 4])
  // The CPU provider alone does not; should it begin to, the bench needs this no longer.
  expect(await run(half)).toEqual([1, 1.5, 3])
})

async function run(model: LoadedModel): Promise<number[]> {
  const session = await openSession(encodeModel(model))
  try {
    const { y } = await session.run({ x: { dims: [3], data: Float32Array.of(1, 1.5, 3) } }, ['y'])
    return [...y!.data].map(Number)
  } finally {
    await session.close()
  }
}
