import { expect, test } from '@jest/globals'
import { gradientGraph } from '../../src/gradient/gradient-graph.js'
import { gradientName } from '../../src/gradient/gradient-options.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { elementTypeOf } from '../../src/onnx/graph.js'
import { encodeModel, type NodeProto } from '../../src/onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'

const shapes = { x: [2, 3] }

/** A graph with an input x [2, 3], parameters w [3, 3] and `unused`, and the loss at its end. */
function model(nodes: readonly NodeProto[], opset = 17) {
  return graphModel({
    name: 'some',
    opset,
    inputs: [valueInfo('x', DataType.FLOAT, ['n', 3])],
    outputs: [valueInfo('loss', DataType.FLOAT, [])],
    nodes,
    initializers: [
      floatTensor('w', [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      floatTensor('unused', [3], [1, 2, 3]),
      floatTensor('top', [], [0.5]),
      tensor('yes', DataType.BOOL, [], Uint8Array.of(1)),
      tensor('doubles', DataType.DOUBLE, [3], Float64Array.of(1, 2, 3)),
    ],
  })
}

const product = node('MatMul', ['x', 'w'], 'y')
const sum = node('ReduceSum', ['y'], 'loss', { keepdims: 0 })
const plain = model([product, sum])

test('gives the loss, what else is asked for and the gradients, in plain shapes', async () => {
  const graph = gradientGraph(plain, { loss: 'loss', by: ['w', 'x'], outputs: ['y'], shapes })
  expect(graph.graph.output.map(({ name }) => name)).toEqual(['loss', 'y', 'w/gradient', 'x/gradient'])
  expect(graph.graph.input.map(({ name }) => name)).toEqual(['x', 'w'])
  const session = await openSession(encodeModel(graph))
  const w = { dims: [3, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]) }
  const x = { dims: [2, 3], data: Float32Array.from([1, 0, 2, 0, 1, 0]) }
  const results = await session.run({ x, w }, ['loss', 'y', gradientName('w'), gradientName('x')])
  await session.close()
  expect(results.y!.data).toEqual(Float32Array.from([15, 18, 21, 4, 5, 6]))
  expect(results.loss!.data).toEqual(Float32Array.of(69))
  expect(results[gradientName('w')]).toEqual({ dims: [3, 3], data: Float32Array.from([1, 1, 1, 1, 1, 1, 2, 2, 2]) })
  expect(results[gradientName('x')]).toEqual({ dims: [2, 3], data: Float32Array.from([6, 15, 24, 6, 15, 24]) })
})

test('leaves the model as it was, and out what nothing needs', () => {
  const before = encodeModel(plain)
  const { graph } = gradientGraph(plain, { loss: 'loss', by: ['w'], shapes })
  expect(Buffer.compare(encodeModel(plain), before)).toBe(0)
  expect(graph.initializer.map(({ name }) => name).filter((name) => !name.startsWith('gradient/'))).toEqual([])
})

test('asks for no gradient that is not wanted', () => {
  const count = (by: string[]) => gradientGraph(plain, { loss: 'loss', by, shapes }).graph.node.length
  expect(count(['w'])).toBeLessThan(count(['w', 'x']))
})

const refused: [string, () => unknown, string][] = [
  [
    'an operator without a rule',
    () => gradientGraph(model([node('Sin', ['x'], 'y'), sum]), { loss: 'loss', by: ['x'], shapes }),
    'There is no gradient of the Sin that gives "y": the operator has no rule.',
  ],
  [
    'an operator of another domain',
    () => {
      const own = node('Relu', ['x'], 'y')
      own.domain = 'my'
      return gradientGraph(model([own, sum]), { loss: 'loss', by: ['x'], shapes })
    },
    'There is no gradient of the Relu that gives "y": the operator has no rule.',
  ],
  [
    'a limit that is learned',
    () =>
      gradientGraph(model([node('Clip', ['x', '', 'top'], 'c'), node('Mul', ['c', 'top'], 'y'), sum]), {
        loss: 'loss',
        by: ['top'],
        shapes,
      }),
    'There is no gradient of the Clip that gives "c": "top" may not depend on what is differentiated by.',
  ],
  [
    'dropout that drops',
    () =>
      gradientGraph(model([product, node('Dropout', ['y', 'top', 'yes'], 'd'), sum]), {
        loss: 'loss',
        by: ['w'],
        shapes,
      }),
    'The Dropout that gives "d" is one for training; export the model to predict.',
  ],
  [
    'a loss of more than one element',
    () => gradientGraph(model([product]), { loss: 'y', by: ['w'], shapes }),
    '"y" is no loss: it has 6 elements, not one.',
  ],
  [
    'a loss that is not there',
    () => gradientGraph(plain, { loss: 'cost', by: ['w'], shapes }),
    'There is no tensor "cost".',
  ],
  [
    'a loss that is not computed',
    () => gradientGraph(plain, { loss: 'top', by: ['top'], shapes }),
    '"top" is no loss: it is not computed.',
  ],
  [
    'an output that is not there',
    () => gradientGraph(plain, { loss: 'loss', by: ['w'], outputs: ['logits'], shapes }),
    'There is no tensor "logits".',
  ],
  [
    'what the loss does not depend on',
    () => gradientGraph(plain, { loss: 'loss', by: ['w', 'unused'], shapes }),
    '"loss" does not depend on "unused".',
  ],
  [
    'what it depends on through a comparison alone',
    () =>
      gradientGraph(model([node('Greater', ['x', 'top'], 'is'), node('Cast', ['is'], 'y', { to: 1 }), sum]), {
        loss: 'loss',
        by: ['x'],
        shapes,
      }),
    '"loss" does not depend on "x".',
  ],
  ...([DataType.DOUBLE, DataType.FLOAT16] as const).map((type): [string, () => unknown, string] => [
    `a cast to ${DataType[type]} on the way`,
    () =>
      gradientGraph(
        model([
          product,
          node('Cast', ['y'], 'other', { to: type }),
          node('Cast', ['other'], 'back', { to: DataType.FLOAT }),
          node('Add', ['y', 'back'], 'both'),
          node('ReduceSum', ['both'], 'loss', { keepdims: 0 }),
        ]),
        { loss: 'loss', by: ['w'], shapes },
      ),
    'There is no gradient of the Cast that gives "other": it gives no float32.',
  ]),
  [
    'a mean that a LayerNormalization gives as well',
    () =>
      gradientGraph(
        model([node('LayerNormalization', ['x', 'unused'], ['unit', 'mean']), node('Add', ['unit', 'mean'], 'y'), sum]),
        { loss: 'loss', by: ['x'], shapes },
      ),
    'The shape of "loss" is not known, as that of "y" is not: its inputs do not fit, or the operator Add is not one whose shapes are known.',
  ],
  [
    'an output whose type nothing tells',
    () =>
      gradientGraph(model([product, node('DynamicQuantizeLinear', ['y'], ['q', 'scale', 'zero']), sum]), {
        loss: 'loss',
        by: ['w'],
        outputs: ['q'],
        shapes,
      }),
    'The type of "q" is not known; declare it as value_info in the model.',
  ],
  [
    'a constant with the name of a gradient',
    () => {
      const named = model([product, node('Add', ['y', 'w/gradient'], 'z'), node('ReduceSum', ['z'], 'loss')])
      named.graph.initializer.push(floatTensor('w/gradient', [3], [1, 2, 3]))
      return gradientGraph(named, { loss: 'loss', by: ['w'], shapes })
    },
    'The model has a tensor "w/gradient" already.',
  ],
  [
    'a tensor that is named twice',
    () => gradientGraph(plain, { loss: 'loss', by: ['w', 'w'], shapes }),
    'A tensor is named twice among those to differentiate by.',
  ],
  [
    'a gradient graph, whose names are taken',
    () => gradientGraph(gradientGraph(plain, { loss: 'loss', by: ['w'], shapes }), { loss: 'loss', by: ['w'], shapes }),
    'The model has a tensor "w/gradient" already.',
  ],
  [
    'a parameter of another type',
    () => gradientGraph(plain, { loss: 'loss', by: ['doubles'], shapes }),
    '"doubles" is not of type float32, and gradients are.',
  ],
  [
    'an old operator set',
    () => gradientGraph(model([product, sum], 11), { loss: 'loss', by: ['w'], shapes }),
    'The model is of operator set 11; gradients need 13 or later.',
  ],
  [
    'an input without a shape',
    () => gradientGraph(plain, { loss: 'loss', by: ['w'], shapes: {} }),
    'The shape of "loss" is not known: those of the inputs "x" are not given.',
  ],
  [
    'a shape of what is no input',
    () => gradientGraph(plain, { loss: 'loss', by: ['w'], shapes: { pixels: [2, 3] } }),
    'There is no input "pixels"; the model has "x".',
  ],
  [
    'a shape that does not fit',
    () => gradientGraph(plain, { loss: 'loss', by: ['w'], shapes: { x: [2, 4] } }),
    'The shape of "loss" is not known, as that of "y" is not: its inputs do not fit, or the operator MatMul is not one whose shapes are known.',
  ],
]

test.each(refused)('refuses %s', (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'BAD_MODEL', message }))
})

test('the gradient by what a shape is taken of has nothing to do with the shape', async () => {
  // x · √(columns of x), as attention scales its scores
  const scaled = model([
    node('Shape', ['x'], 'shape'),
    node('Gather', ['shape', 'one'], 'columns'),
    node('Cast', ['columns'], 'count', { to: DataType.FLOAT }),
    node('Sqrt', ['count'], 'root'),
    node('Mul', ['x', 'root'], 'y'),
    sum,
  ])
  scaled.graph.initializer.push(int64Tensor('one', [], [1]))
  await using session = await openSession(encodeModel(gradientGraph(scaled, { loss: 'loss', by: ['x'], shapes })))
  const x = { dims: [2, 3], data: new Float32Array(6) }
  const gradient = (await session.run({ x }, [gradientName('x')]))[gradientName('x')]!
  expect(gradient.data).toEqual(new Float32Array(6).fill(Math.sqrt(3)))
})

test('further outputs have the types that their operators give, where the file declares none', async () => {
  const several = model([
    product,
    node('Greater', ['y', 'top'], 'is'),
    node('Shape', ['y'], 'shape'),
    node('Gather', ['shape', 'one'], 'columns'),
    node('Cast', ['y'], 'whole', { to: DataType.INT32 }),
    node('Where', ['is', 'y', 'top'], 'above'),
    node('ArgMax', ['y'], 'answer', { axis: -1, keepdims: 0 }),
    sum,
  ])
  several.graph.initializer.push(int64Tensor('one', [], [1]))
  const outputs = ['is', 'shape', 'columns', 'whole', 'above', 'answer']
  const graph = gradientGraph(several, { loss: 'loss', by: ['w'], outputs, shapes })
  const { FLOAT, BOOL, INT64, INT32 } = DataType
  expect(graph.graph.output.map(elementTypeOf)).toEqual([FLOAT, BOOL, INT64, INT64, INT32, FLOAT, INT64, FLOAT])
  await using session = await openSession(encodeModel(graph))
  const w = { dims: [3, 3], data: new Float32Array(9) }
  const x = { dims: [2, 3], data: new Float32Array(6) }
  const results = await session.run({ x, w }, outputs)
  expect([...(results.shape!.data as BigInt64Array)]).toEqual([2n, 3n])
  expect(results.answer!.dims).toEqual([2])
})

test('of rows that are gathered many times, each time counts', async () => {
  const [rows, width, times] = [100, 16, 40_000]
  const places = Array.from({ length: times }, (_, i) => (i * i) % rows)
  const gathering = graphModel({
    name: 'gathering',
    opset: 17,
    inputs: [valueInfo('table', DataType.FLOAT, [rows, width]), valueInfo('factor', DataType.FLOAT, [])],
    outputs: [valueInfo('loss', DataType.FLOAT, [])],
    nodes: [
      node('Gather', ['table', 'places'], 'taken', { axis: 0 }),
      // Without an input in it, the gradient would be computed when the session is opened, in one thread.
      node('Mul', ['taken', 'factor'], 'scaled'),
      node('ReduceSum', ['scaled'], 'loss', { keepdims: 0 }),
    ],
    initializers: [int64Tensor('places', [times], places)],
  })
  const graph = gradientGraph(gathering, { loss: 'loss', by: ['table'], shapes: { table: [rows, width], factor: [] } })
  await using session = await openSession(encodeModel(graph))
  const table = { dims: [rows, width], data: new Float32Array(rows * width) }
  const factor = { dims: [], data: Float32Array.of(1) }
  const gradient = (await session.run({ table, factor }, [gradientName('table')]))[gradientName('table')]!
  const counts = new Float32Array(rows)
  for (const place of places) counts[place]! += 1
  expect(gradient.data).toEqual(Float32Array.from({ length: rows * width }, (_, i) => counts[Math.floor(i / width)]!))
})

test('names of the gradient keep clear of those of the model', async () => {
  const named = model([
    node('MatMul', ['x', 'w'], 'gradient/y'),
    node('ReduceSum', ['gradient/y'], 'loss', { keepdims: 0 }),
  ])
  const session = await openSession(encodeModel(gradientGraph(named, { loss: 'loss', by: ['w'], shapes })))
  await session.close()
})
