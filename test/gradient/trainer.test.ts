import { expect, test } from '@jest/globals'
import { Trainer } from '../../src/gradient/trainer.js'
import { createRandom } from '../../src/math/random.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import type { NodeProto } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

const random = createRandom(3)
const [rows, width] = [6, 4]
const x = Float32Array.from({ length: rows * width }, () => random.normal())
const target = Float32Array.from({ length: rows }, () => random.normal())
const start = Float32Array.from({ length: width }, () => random.normal())

/** The mean square of X·w + b − target. */
const leastSquares = graphModel({
  name: 'least-squares',
  opset: 17,
  inputs: [valueInfo('x', DataType.FLOAT, ['n', width]), valueInfo('target', DataType.FLOAT, ['n', 1])],
  outputs: [valueInfo('loss', DataType.FLOAT, [])],
  nodes: [
    node('MatMul', ['x', 'w'], 'product'),
    node('Add', ['product', 'b'], 'sums'),
    node('Sub', ['sums', 'target'], 'rest'),
    node('Mul', ['rest', 'rest'], 'squares'),
    node('ReduceMean', ['squares'], 'loss', { keepdims: 0 }),
  ],
  initializers: [floatTensor('w', [width, 1], start), floatTensor('b', [1], [0])],
})
const inputs = { x: { dims: [rows, width], data: x }, target: { dims: [rows, 1], data: target } }
const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { dims }]) => [name, dims]))

/** AdamW written out in float64, by its definition; parameters w and then b, of rates 1 and ½. */
function recomputed(steps: number, rate: number, decay: number) {
  const [beta1, beta2, epsilon] = [0.8, 0.95, 1e-3]
  const p = [...start, 0]
  const m = p.map(() => 0)
  const v = p.map(() => 0)
  const losses: number[] = []
  for (let t = 1; t <= steps; t++) {
    const g = p.map(() => 0)
    let loss = 0
    for (let row = 0; row < rows; row++) {
      const values = [...x.subarray(row * width, (row + 1) * width), 1]
      const rest = values.reduce((sum, value, i) => sum + value * p[i]!, 0) - target[row]!
      loss += rest ** 2 / rows
      values.forEach((value, i) => (g[i]! += (2 * rest * value) / rows))
    }
    losses.push(loss)
    for (let i = 0; i < p.length; i++) {
      const [own, shrink] = i < width ? [rate, decay] : [rate / 2, 0]
      m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!
      v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2
      const direction = m[i]! / (1 - beta1 ** t) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon)
      p[i] = (1 - own * shrink) * p[i]! - own * direction
    }
  }
  return { losses, p }
}

test('takes the steps of AdamW', async () => {
  await using trainer = await Trainer.open(leastSquares, {
    loss: 'loss',
    parameters: [
      { name: 'w', decay: 0.1 },
      { name: 'b', rate: 0.5 },
    ],
    outputs: ['sums'],
    shapes,
    betas: [0.8, 0.95],
    epsilon: 1e-3,
  })
  const losses: number[] = []
  for (let i = 0; i < 40; i++) {
    const { loss, outputs } = await trainer.step(inputs, 0.05)
    losses.push(loss)
    expect(outputs.sums!.dims).toEqual([rows, 1])
  }
  const expected = recomputed(40, 0.05, 0.1)
  expected.losses.forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 5))
  const parameters = trainer.parameters()
  const found = [...parameters.get('w')!, ...parameters.get('b')!]
  expected.p.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5))
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2)
})

test('the model stays as it was', async () => {
  const before = JSON.stringify(leastSquares.graph.node.map(({ name, output }) => [name, output]))
  await using trainer = await Trainer.open(leastSquares, { loss: 'loss', parameters: [{ name: 'w' }], shapes })
  await trainer.step(inputs, 1)
  expect(JSON.stringify(leastSquares.graph.node.map(({ name, output }) => [name, output]))).toBe(before)
  expect(leastSquares.graph.input.map(({ name }) => name)).toEqual(['x', 'target'])
})

test('a step that cannot be taken changes nothing and says why', async () => {
  const trainer = await Trainer.open(leastSquares, { loss: 'loss', parameters: [{ name: 'w' }], shapes })
  const { x: pixels, target: labels } = inputs
  const half = { dims: [3, width], data: x.subarray(0, 3 * width) }
  const refused = async (given: Parameters<Trainer['step']>[0], rate: number, code: string, message: string) => {
    await expect(trainer.step(given, rate)).rejects.toMatchObject({ code, message })
  }
  await refused({ x: pixels }, 1, 'USAGE', 'The input "target" is missing.')
  const wrong = 'The input "x" is to be of the shape [6, 4], not [3, 4] of 12 numbers.'
  await refused({ x: half, target: labels }, 1, 'USAGE', wrong)
  await refused(inputs, NaN, 'USAGE', 'The rate of a step is to be a number, not NaN.')
  const endless = { ...pixels, data: new Float32Array(rows * width).fill(Infinity) }
  await refused(
    { x: endless, target: labels },
    1,
    'BAD_MODEL',
    'The loss is NaN after 0 steps; look at the inputs and the weights it begins with.',
  )
  expect(trainer.parameters().get('w')).toEqual(start)
  await trainer.close()
  await refused(inputs, 1, 'USAGE', 'The trainer is closed.')
})

/** A loss of a parameter w of two zeros. */
const ofZeros = (...nodes: NodeProto[]) =>
  graphModel({
    name: 'of-zeros',
    opset: 17,
    nodes: [...nodes, node('ReduceSum', ['y'], 'loss', { keepdims: 0 })],
    initializers: [floatTensor('w', [2], Float32Array.of(0, 0))],
    inputs: [],
    outputs: [valueInfo('loss', DataType.FLOAT, [])],
  })

test('a gradient that is no number changes nothing, though the loss is one', async () => {
  const model = ofZeros(node('Mul', ['w', 'w'], 'square'), node('Sqrt', ['square'], 'y'))
  await using trainer = await Trainer.open(model, { loss: 'loss', parameters: [{ name: 'w' }], shapes: {} })
  await expect(trainer.step({}, 1)).rejects.toMatchObject({
    code: 'BAD_MODEL',
    message: expect.stringMatching(/^The gradient by "w" is no number after 0 steps; look at/),
    data: { loss: 0 },
  })
  expect(trainer.parameters().get('w')).toEqual(Float32Array.of(0, 0))
})

test('the power 0 has no gradient, at 0 as well', async () => {
  const model = ofZeros(node('Pow', ['w', 'none'], 'y'))
  model.graph.initializer.push(floatTensor('none', [], [0]))
  await using trainer = await Trainer.open(model, { loss: 'loss', parameters: [{ name: 'w' }], shapes: {} })
  await trainer.step({}, 1)
  expect(trainer.parameters().get('w')).toEqual(Float32Array.of(0, 0))
})

test('parts of a batch make one step by the sum of their gradients', async () => {
  const options = { loss: 'loss', parameters: [{ name: 'w' }, { name: 'b' }], epsilon: 1e-12 }
  await using whole = await Trainer.open(leastSquares, { ...options, shapes })
  const ofPart = { x: [rows / 2, width], target: [rows / 2, 1] }
  await using inParts = await Trainer.open(leastSquares, { ...options, shapes: ofPart })
  const part = (at: number) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { dims, data }]) => {
        const length = data.length / 2
        return [name, { dims: [rows / 2, dims[1]!], data: data.slice(at * length, (at + 1) * length) }]
      }),
    )
  for (let step = 0; step < 4; step++) {
    const { loss } = await whole.step(inputs, 0.05)
    const first = await inParts.accumulate(part(0))
    const second = await inParts.step(part(1), 0.05)
    // Each is the mean of its own part; AdamW does not care what gradients are multiplied by.
    expect((first.loss + second.loss) / 2).toBeCloseTo(loss, 5)
  }
  const [expected, found] = [whole, inParts].map((trainer) => [...trainer.parameters().values()].flatMap((v) => [...v]))
  found!.forEach((value, i) => expect(value).toBeCloseTo(expected![i]!, 5))
})

test('goes on from a state as if it had not stopped', async () => {
  const options = { loss: 'loss', parameters: [{ name: 'w', decay: 0.1 }, { name: 'b' }], shapes }
  await using whole = await Trainer.open(leastSquares, options)
  await using first = await Trainer.open(leastSquares, options)
  for (let step = 0; step < 4; step++) await whole.step(inputs, 0.05)
  for (let step = 0; step < 2; step++) await first.step(inputs, 0.05)
  const state = structuredClone(first.state())
  expect(state.steps).toBe(2)
  await using second = await Trainer.open(leastSquares, { ...options, from: state })
  for (let step = 0; step < 2; step++) await second.step(inputs, 0.05)
  expect(second.state()).toEqual(whole.state())

  const { w } = state.parameters
  const shorter = { steps: 2, parameters: { w: { ...w!, mean: w!.mean.slice(1) }, b: state.parameters['b']! } }
  const refused = { code: 'USAGE', message: expect.stringContaining('another model') as unknown }
  await expect(Trainer.open(leastSquares, { ...options, from: shorter })).rejects.toMatchObject(refused)
  await expect(Trainer.open(leastSquares, { ...options, from: { steps: 0, parameters: {} } })).rejects.toMatchObject(
    refused,
  )
})
