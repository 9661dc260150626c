import { describe, expect, test } from '@jest/globals'
import { splitHeads } from '../../../src/head/added-head.js'
import { LinearHead } from '../../../src/head/linear/linear-head.js'
import type { TensorProto } from '../../../src/onnx/model.js'
import { denseSource } from '../../../src/head/feature-source.js'

/** Weights 10 d + c: a value tells its place. */
const head = new LinearHead({
  dim: 2,
  columns: 4,
  weight: Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13),
  bias: Float32Array.of(0.5, 1.5, 2.5, 3.5),
})

describe('a linear head', () => {
  test('is cut into heads of columns, in order', () => {
    expect(splitHeads([head], [1, 3])).toEqual([
      new LinearHead({ dim: 2, columns: 1, weight: Float32Array.of(0, 10), bias: Float32Array.of(0.5) }),
      new LinearHead({
        dim: 2,
        columns: 3,
        weight: Float32Array.of(1, 2, 3, 11, 12, 13),
        bias: Float32Array.of(1.5, 2.5, 3.5),
      }),
    ])
    expect(splitHeads([head], [0, 4])[0]).toEqual(LinearHead.empty(2))
  })

  test('is put together again', () => {
    for (const sizes of [[4], [1, 3], [2, 1, 1]]) {
      expect(LinearHead.join(splitHeads([head], sizes) as LinearHead[])).toEqual(head)
    }
  })

  test('moves every bias by its own number, and stays as it is itself', () => {
    const shifted = head.shift(Float64Array.of(-2, 0, 1, -1))
    expect(shifted).toEqual(new LinearHead({ ...head, bias: Float32Array.of(-1.5, 1.5, 3.5, 2.5) }))
    expect(head.bias[0]).toBe(0.5)
  })

  test('scores rows', async () => {
    expect([...(await head.score(denseSource(Float32Array.of(1, 1, 0, 2), 2)))]).toEqual([
      10.5, 13.5, 16.5, 19.5, 20.5, 23.5, 26.5, 29.5,
    ])
  })

  test('is read back from its nodes, bit for bit', () => {
    const { initializers, nodes } = head.nodes('there/')
    expect(nodes.map(({ opType, output }) => [opType, output])).toEqual([['Gemm', ['there/logits']]])
    const find = (name: string): TensorProto => initializers.find((one) => one.name === name)!
    expect(LinearHead.read('there/', find)).toEqual(head)
  })
})
