import { describe, expect, test } from '@jest/globals'
import { headWeights, locateHead } from '../../src/locate/locate.js'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone } from '../../src/backbone/prepare.js'
import { createRandom } from '../../src/math/random.js'
import { indexGraph } from '../../src/onnx/graph.js'
import { node, valueInfo } from '../../src/onnx/build.js'
import { cloneModel, encodeModel } from '../../src/onnx/model.js'
import { DataType, readTensor } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import { logitsOfBoth } from '../support/base-logits.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { pooledFeatures } from '../support/tiny-models/oracle.js'
import { dynamicallyQuantised, qOperator } from '../support/tiny-models/quantised.js'

const random = createRandom('pixels')
const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.integer(256))
const { normalisation } = usualConventions[0]!

describe('a network that computes in 8-bit integers (QOperator)', () => {
  const model = qOperator()
  const location = locateHead(model)
  const taps = [...location.taps, location.bottleneck]
  const backbone = prepareBackbone(model, { location, taps, normalisation, dropBackground: false, width: 8, height: 8 })

  test('has its head found, and taps, each with the scale and zero point of the operator that made it', () => {
    expect(location).toMatchObject({ kind: 'QGemm', classes: 7, bottleneck: { size: 12 } })
    expect(location.taps.length).toBeGreaterThan(0)
    const { producer } = indexGraph(model.graph)
    for (const { tensor, dequantise } of location.taps) {
      const maker = producer.get(tensor)!
      expect(maker.opType).toBe('QLinearAdd')
      expect(dequantise).toEqual({ scale: maker.input[6], zeroPoint: maker.input[7] })
    }
  })

  test('runs, with the logits that it has, and features that are (integers − zero point) · scale', async () => {
    const { original, prepared, features } = await logitsOfBoth(model, backbone, pixels, 8, 8)
    expect(prepared).toEqual(original)
    const twin = cloneModel(backbone)
    for (const [i, { tensor }] of taps.entries()) {
      twin.graph.node.push(node('Cast', [tensor], `raw${i}`, { to: DataType.FLOAT }))
      twin.graph.output.push(
        valueInfo(`raw${i}`, DataType.FLOAT, ['n', 'c', 'h', 'w'].slice(0, i === taps.length - 1 ? 2 : 4)),
      )
    }
    const session = await openSession(encodeModel(twin))
    const image = { dims: [1, 8, 8, 3], data: pixels }
    const raw = await session.run(
      { image },
      taps.map((_, i) => `raw${i}`),
    )
    await session.close()
    const { constants } = indexGraph(model.graph)
    const number = (name: string) => readTensor(constants.get(name)!)[0]!
    const expected = taps.flatMap((tap, i) => {
      const { dims, data } = raw[`raw${i}`]!
      const { scale, zeroPoint } = tap.dequantise!
      const integers = pooledFeatures({ dims, data: data as Float32Array }, tap)[0]!
      return integers.map((value) => (value - number(zeroPoint)) * number(scale))
    })
    expect(Math.max(...expected.map((value, i) => Math.abs(value - features[i]!)))).toBeLessThan(1e-5)
    expect(new Set(expected).size).toBeGreaterThan(8)
    expect(features).toHaveLength(taps.reduce((sum, { size }) => sum + size, 0))
  })
})

test('a head quantised dynamically with a scale for each class is found, and its weights are what they stand for', () => {
  const model = dynamicallyQuantised()
  const location = locateHead(model)
  expect(location).toMatchObject({ kind: 'MatMulInteger+Add', classes: 7, bottleneck: { size: 12 } })
  expect(location.taps.length).toBeGreaterThan(0)
  const weights = headWeights(model, location)!
  const { graph } = model
  const multiply = graph.node.find(({ opType }) => opType === 'MatMulInteger')!
  const { constants } = indexGraph(graph)
  const integers = readTensor(constants.get(multiply.input[1]!)!)
  const scale = graph.node.findLast(({ opType, input }) => opType === 'Mul' && constants.has(input[1] ?? ''))!
  const scales = readTensor(constants.get(scale.input[1]!)!)
  expect(scales).toHaveLength(7)
  for (let c = 0; c < 7; c++) {
    for (let f = 0; f < 12; f++) expect(weights.kernel[c * 12 + f]).toBeCloseTo(integers[f * 7 + c]! * scales[c]!, 6)
  }
})

test('a zero point for each class counts for this class, where all have one scale', () => {
  const g = new GraphBuilder(13)
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu('x', 3, 8, 3)])])
  const [quantised, scale, zero] = g.ops('DynamicQuantizeLinear', [pooled], {}, 3) as [string, string, string]
  const integers = Uint8Array.from({ length: 8 * 5 }, () => g.random.integer(256))
  const zeroPoints = Uint8Array.of(90, 128, 131, 160, 7)
  const kernel = g.constant(DataType.UINT8, [8, 5], integers)
  const sums = g.op('MatMulInteger', [quantised, kernel, zero, g.constant(DataType.UINT8, [5], zeroPoints)])
  const step = g.op('Mul', [scale, g.floats([1], [0.01])])
  const scores = g.op('Mul', [g.op('Cast', [sums], { to: DataType.FLOAT }), step])
  const model = g.model(['N', 3, 8, 8], [[scores, ['N', 5]]])
  const weights = headWeights(model, locateHead(model))!
  for (let c = 0; c < 5; c++) {
    for (let f = 0; f < 8; f++) {
      expect(weights.kernel[c * 8 + f]).toBeCloseTo((integers[f * 5 + c]! - zeroPoints[c]!) * 0.01, 5)
    }
  }
})

test('scores that are 8-bit integers before a softmax of such are dequantised', async () => {
  const g = new GraphBuilder(13)
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu('x', 3, 8, 3)])])
  const constant = (value: number) => g.floats([], [value])
  const byte = (value: number) => g.constant(DataType.UINT8, [], Uint8Array.of(value))
  const [scale, zero] = [constant(0.05), byte(90)]
  const quantised = g.op('QuantizeLinear', [g.gemm(pooled, 8, 5), scale, zero])
  const [outScale, outZero] = [constant(1 / 256), byte(0)]
  const softmax = g.op('QLinearSoftmax', [quantised, scale, zero, outScale, outZero], { axis: -1, opset: 13 })
  const model = g.model(['N', 3, 8, 8], [[g.op('DequantizeLinear', [softmax, outScale, outZero]), ['N', 5]]])
  const location = locateHead(model)
  expect(location).toMatchObject({ logits: quantised, dequantiseLogits: { scale, zeroPoint: zero }, classes: 5 })
  const taps = [location.bottleneck]
  const backbone = prepareBackbone(model, { location, taps, normalisation, dropBackground: false, width: 8, height: 8 })
  const { original, prepared } = await logitsOfBoth(model, backbone, pixels, 8, 8)
  expect([...prepared]).toEqual(Array.from(original, (value) => Math.fround(Math.fround(0.05) * (value - 90))))
})

test('a head whose weights have 4 bits each is found, its weights are not read', () => {
  const g = new GraphBuilder(21)
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu('x', 3, 8, 3)])])
  const kernel = g.constant(22 as DataType, [8, 5], new Uint8Array(20))
  const scores = g.op('MatMul', [pooled, g.op('DequantizeLinear', [kernel, g.floats([], [0.1])])])
  const model = g.model(['N', 3, 8, 8], [[scores, ['N', 5]]])
  const location = locateHead(model)
  expect(location).toMatchObject({ classes: 5, bottleneck: { size: 8 } })
  expect(headWeights(model, location)).toBeUndefined()
})
