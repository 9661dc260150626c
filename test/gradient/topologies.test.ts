import { expect, test } from '@jest/globals'
import { gradientGraph } from '../../src/gradient/gradient-graph.js'
import { gradientName } from '../../src/gradient/gradient-options.js'
import { createRandom } from '../../src/math/random.js'
import { node, valueInfo } from '../../src/onnx/build.js'
import { shapeOf, trueInputs } from '../../src/onnx/graph.js'
import { inferShapes } from '../../src/onnx/infer-shapes.js'
import { changed, encodeModel, opsetVersion, type LoadedModel } from '../../src/onnx/model.js'
import { DataType, dimsOf, floatTensor, readTensor } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import { topologies } from '../support/tiny-models/topologies.js'

const random = createRandom(4)
const draw = (dims: readonly number[]) => {
  const length = dims.reduce((product, dim) => product * dim, 1)
  return { dims, data: Float32Array.from({ length }, () => random.next()) }
}

/** The model with a loss: a weighted sum of its first output. */
function withLoss(model: LoadedModel, shapes: Readonly<Record<string, readonly number[]>>): LoadedModel {
  const { graph } = model
  const output = graph.output[0]!.name
  const inferred = inferShapes(graph, graph.node, new Map(Object.entries(shapes)), {
    opset: opsetVersion(model),
    useDeclared: false,
  })
  const weights = draw(inferred.shapes.get(output)!)
  return changed(model, {
    graph: changed(graph, {
      node: [
        ...graph.node,
        node('Mul', [output, 'loss weights'], 'weighted'),
        node('ReduceSum', ['weighted'], 'loss', { keepdims: 0 }),
      ],
      initializer: [...graph.initializer, floatTensor('loss weights', weights.dims, weights.data)],
      output: [valueInfo('loss', DataType.FLOAT, [])],
    }),
  })
}

const recent = Object.entries(topologies)
  .map(([name, make]) => [name, make().model] as const)
  .filter(([, model]) => opsetVersion(model) >= 13)

test('there are convolutional networks and transformers among them', () => {
  expect(recent.map(([name]) => name)).toEqual(
    expect.arrayContaining(['ResNet-50', 'DenseNet', 'MobileNet v3', 'ViT', 'Swin', 'ConvNeXt']),
  )
})

test.each(recent)('along the gradient by all weights, the loss of %s rises as it says', async (_, plain) => {
  const input = trueInputs(plain.graph)[0]!
  const dims = shapeOf(input)!.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 2 : 8))
  const shapes = { [input.name]: dims }
  const model = withLoss(plain, shapes)
  // Kernels, matrices, and what is added to them; not the statistics of batch normalisation, which are constants here.
  const isWeight = new Set(
    plain.graph.node.flatMap(({ opType, input: read }) =>
      ['Conv', 'Gemm', 'MatMul'].includes(opType) ? read.slice(1) : ['Add', 'Mul'].includes(opType) ? read : [],
    ),
  )
  const weights = plain.graph.initializer.filter(
    ({ name, dataType }) => isWeight.has(name) && dataType === DataType.FLOAT,
  )
  const by = weights.map(({ name }) => name)
  await using session = await openSession(encodeModel(gradientGraph(model, { loss: 'loss', by, shapes })))
  const x = draw(dims)
  const at = new Map(weights.map((one) => [one.name, { dims: dimsOf(one), data: Float32Array.from(readTensor(one)) }]))
  const outputs = by.map(gradientName)
  const gradients = await session.run({ [input.name]: x, ...Object.fromEntries(at) }, outputs)
  const along = (name: string) => gradients[gradientName(name)]!.data as Float32Array
  const square = by.reduce((sum, name) => sum + along(name).reduce((a, b) => a + b * b, 0), 0)
  const step = 3e-4 / Math.sqrt(square)
  const lossAt = async (sign: number) => {
    const moved = by.map((name) => {
      const { dims: size, data } = at.get(name)!
      return [name, { dims: size, data: data.map((value, i) => value + sign * step * along(name)[i]!) }]
    })
    const { loss } = await session.run({ [input.name]: x, ...Object.fromEntries(moved) }, ['loss'])
    return loss!.data[0] as number
  }
  const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step)
  expect(by.length).toBeGreaterThan(5)
  expect(slope / square).toBeGreaterThan(0.97)
  expect(slope / square).toBeLessThan(1.03)
})
