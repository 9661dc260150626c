import { describe, expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { cloneModel, encodeModel, type LoadedModel, type NodeProto, type TensorProto } from '../../src/onnx/model.js'
import { DataType, floatTensor, tensor } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import { joinSplitAverages, writeSplitAverage } from '../../src/tflite/split-average.js'
import { createRandom } from '../../src/math/random.js'

const random = createRandom('averages')

describe('an average in parts', () => {
  test.each([
    { height: 4, width: 4, channels: 1, zeroPoint: 0 },
    { height: 4, width: 8, channels: 4, zeroPoint: 17 },
    { height: 7, width: 4, channels: 16, zeroPoint: 0 },
    { height: 17, width: 17, channels: 32, zeroPoint: 128 },
  ])('$height x $width x $channels, zero point $zeroPoint: the bits of the runtime’s own', async (image) => {
    const parts = splitModel(image)
    const whole = cloneModel(parts)
    joinSplitAverages(whole.graph)
    expect(parts.graph.node.filter(({ opType }) => opType === 'AveragePool')).toHaveLength(4)
    expect(whole.graph.node.filter(({ opType }) => opType === 'AveragePool')).toHaveLength(5)
    const { height, width, channels } = image
    const data = Uint8Array.from({ length: 2 * channels * height * width }, () => random.integer(256))
    const dims = [2, channels, height, width]
    const averages = await run(parts, data, dims)
    expect(averages).toEqual(await run(whole, data, dims))
    expect(new Set(averages).size).toBeGreaterThan(1)
  })

  test('a node with its mark that puts no such parts together stays', () => {
    const { graph } = splitModel({ height: 3, width: 3, channels: 1, zeroPoint: 0 })
    const last = graph.node.find(({ docString }) => docString !== '')!
    for (const input of [[], ['image'], ['image', 'image'], [last.input[0]!, last.input[0]!]]) {
      last.input = input
      const before = [...graph.node]
      joinSplitAverages(graph)
      expect(graph.node).toEqual(before)
    }
  })
})

interface Image {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly zeroPoint: number
}

function splitModel({ height, width, channels, zeroPoint }: Image): LoadedModel {
  const parts: { nodes: NodeProto[]; initializers: TensorProto[] } = {
    nodes: [node('DequantizeLinear', ['image', 'scale', 'zero_point'], 'input')],
    initializers: [
      floatTensor('scale', [], [0.047]),
      tensor('zero_point', DataType.UINT8, [], Uint8Array.of(zeroPoint)),
    ],
  }
  const steps = { scale: 'scale', zeroPoint: 'zero_point', channels }
  writeSplitAverage(
    parts,
    { floats: 'input', integers: 'image', ...steps },
    { floats: 'averages', integers: 'averages/quantized', ...steps },
  )
  const shape = ['batch', channels, height, width]
  return graphModel({
    name: 'average',
    opset: 17,
    inputs: [valueInfo('image', DataType.UINT8, shape)],
    outputs: [valueInfo('averages', DataType.FLOAT, shape)],
    ...parts,
  })
}

async function run(model: LoadedModel, data: Uint8Array, dims: readonly number[]): Promise<number[]> {
  const session = await openSession(encodeModel(model))
  try {
    const { averages } = await session.run({ image: { data, dims } }, ['averages'])
    expect(averages!.dims).toEqual(dims)
    return [...(averages!.data as Float32Array)]
  } finally {
    await session.close()
  }
}
