import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession, type PlainTensor } from '../../src/runtime/session.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

/** y = x + x and f = float(x), for x of a given type. */
function doubling(type: DataType): Uint8Array {
  return encodeModel(
    graphModel({
      name: 'doubling',
      opset: 17,
      inputs: [valueInfo('x', type, ['n', 2])],
      outputs: [valueInfo('y', type, ['n', 2]), valueInfo('f', DataType.FLOAT, ['n', 2])],
      nodes: [node('Add', ['x', 'x'], 'y'), node('Cast', ['x'], 'f', { to: DataType.FLOAT })],
      initializers: [],
    }),
  )
}

describe('openSession', () => {
  test.each<[string, DataType, PlainTensor['data'], PlainTensor['data']]>([
    ['float32', DataType.FLOAT, Float32Array.of(1.5, -2), Float32Array.of(3, -4)],
    ['uint8', DataType.UINT8, Uint8Array.of(3, 100), Uint8Array.of(6, 200)],
    ['int32', DataType.INT32, Int32Array.of(-7, 2 ** 30 - 1), Int32Array.of(-14, 2 ** 31 - 2)],
    ['int64', DataType.INT64, BigInt64Array.of(-7n, 2n ** 40n), BigInt64Array.of(-14n, 2n ** 41n)],
  ])('runs a graph on %s', async (_, type, x, expected) => {
    const session = await openSession(doubling(type))
    try {
      const { y, f } = await session.run({ x: { dims: [1, 2], data: x } }, ['y', 'f'])
      expect(y).toEqual({ dims: [1, 2], data: expected })
      expect(f).toEqual({ dims: [1, 2], data: Float32Array.from(x, Number) })
    } finally {
      await session.close()
    }
  })

  test('returns only what is asked for, as plain data', async () => {
    const session = await openSession(doubling(DataType.FLOAT))
    try {
      const x = { dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }
      const results = await session.run({ x }, ['f'])
      expect(Object.keys(results)).toEqual(['f'])
      expect(Object.keys(results['f']!).sort()).toEqual(['data', 'dims'])
      expect(session.provider).toBe('cpu')
    } finally {
      await session.close()
    }
  })

  test('opens a file as well as bytes', async () => {
    const path = join(folder(), 'model.onnx')
    await writeFile(path, doubling(DataType.FLOAT))
    const session = await openSession(path)
    const { y } = await session.run({ x: { dims: [1, 2], data: Float32Array.of(4, 5) } }, ['y'])
    await session.close()
    expect([...y!.data]).toEqual([8, 10])
  })

  test('closes twice without a complaint', async () => {
    const session = await openSession(doubling(DataType.FLOAT))
    await session.close()
    await session.close()
  })

  test('says in one sentence that the runtime refuses a model', async () => {
    const cut = doubling(DataType.FLOAT).slice(0, -5)
    const unknown = encodeModel(
      graphModel({
        name: 'unknown',
        opset: 17,
        inputs: [valueInfo('x', DataType.FLOAT, [1])],
        outputs: [valueInfo('y', DataType.FLOAT, [1])],
        nodes: [node('NoSuchOperator', ['x'], 'y')],
        initializers: [],
      }),
    )
    for (const [bytes, message] of [
      [cut, /^ONNX Runtime cannot load the model: [^\n]+[^.]\.$/],
      [
        unknown,
        /^The model uses the custom operator NoSuchOperator, which .*; export it with standard operators alone\.$/,
      ],
    ] as const) {
      // The model is at fault on either provider: this machine may lack CUDA as well.
      for (const provider of ['cpu', 'cuda'] as const) {
        await expect(openSession(bytes, provider)).rejects.toMatchObject({
          code: 'BAD_MODEL',
          message: expect.stringMatching(message),
          cause: expect.anything(),
        })
      }
    }
    await expect(openSession(join(folder(), 'none.onnx'))).rejects.toMatchObject({ code: 'BAD_MODEL' })
  })
})
