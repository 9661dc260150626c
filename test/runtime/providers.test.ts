import { expect, test } from '@jest/globals'
import { chooseProvider, diagnoseProviders, openOnDevice } from '../../src/runtime/providers.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import type { ProgressEvent } from '../../src/core/progress.js'

const providers = await diagnoseProviders()
const cuda = providers.find(({ name }) => name === 'cuda')!

test('the CPU is always there, and what is missing has a reason and a remedy', () => {
  expect(providers[0]).toEqual({ name: 'cpu', available: true })
  if (cuda.available) return
  expect(cuda.reason).not.toBe('')
  expect(cuda.remedy).not.toBe('')
})

test('auto takes CUDA exactly where it can be loaded', async () => {
  expect(await chooseProvider('auto')).toBe(cuda.available ? 'cuda' : 'cpu')
})

const withoutCuda = cuda.available ? test.skip : test

withoutCuda('CUDA that was asked for and is not there is an error with the cause', async () => {
  const { reason, remedy } = cuda as { reason: string; remedy: string }
  await expect(chooseProvider('cuda')).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: `The CUDA execution provider cannot be loaded: ${reason}; ${remedy}, or use the device cpu.`,
  })
})

test('openOnDevice tells where the graph runs', async () => {
  const graph = graphModel({
    name: 'double',
    inputs: [valueInfo('x', DataType.FLOAT, ['n'])],
    outputs: [valueInfo('y', DataType.FLOAT, ['n'])],
    nodes: [node('Add', ['x', 'x'], 'y')],
    initializers: [],
    opset: 17,
  })
  const events: ProgressEvent[] = []
  const session = await openOnDevice(encodeModel(graph), 'cpu', (event) => events.push(event))
  try {
    expect(session.provider).toBe('cpu')
    expect(events).toEqual([{ type: 'info', message: 'Running on the CPU.' }])
    const { y } = await session.run({ x: { dims: [2], data: Float32Array.of(1, 2) } }, ['y'])
    expect([...y!.data]).toEqual([2, 4])
  } finally {
    await session.close()
  }
})
