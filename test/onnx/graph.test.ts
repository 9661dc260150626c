import { describe, expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import {
  elementTypeOf,
  findAttribute,
  floatAttribute,
  indexGraph,
  intAttribute,
  intsAttribute,
  shapeOf,
  trueInputs,
} from '../../src/onnx/graph.js'
import { DataType, floatTensor, int64Tensor } from '../../src/onnx/tensor.js'

const value = int64Tensor('', [1], [4])
const { graph } = graphModel({
  name: 'tiny',
  opset: 17,
  inputs: [valueInfo('x', DataType.FLOAT, ['batch', 4]), valueInfo('w', DataType.FLOAT, [4])],
  outputs: [valueInfo('low', DataType.FLOAT, ['batch', 2])],
  nodes: [
    node('Constant', [], 'four', { value: { tensor: value } }),
    node('Add', ['x', 'w'], 'sum'),
    node('Clip', ['sum', '', 'w'], 'clipped'),
    node('Split', ['clipped', 'four'], ['low', ''], { axis: -1, num_outputs: 2 }),
  ],
  initializers: [floatTensor('w', [4], [1, 2, 3, 4])],
})

describe('indexGraph', () => {
  const index = indexGraph(graph)

  test('knows who makes each tensor; a name left out is none', () => {
    expect(index.producer.get('sum')!.opType).toBe('Add')
    expect(index.producer.get('low')!.opType).toBe('Split')
    expect([...index.producer.keys()].sort()).toEqual(['clipped', 'four', 'low', 'sum'])
  })

  test('knows who reads each tensor, in order', () => {
    expect(index.consumers.get('w')!.map(({ opType }) => opType)).toEqual(['Add', 'Clip'])
    expect(index.consumers.has('')).toBe(false)
    expect(index.consumers.has('low')).toBe(false)
  })

  test('counts initialisers and Constant nodes as constants', () => {
    expect([...index.constants.keys()].sort()).toEqual(['four', 'w'])
    expect(index.constants.get('four')).toBe(value)
  })
})

describe('attributes', () => {
  const made = node('Op', ['x'], 'y', { axis: -1, axes: [1, 2], alpha: { float: 0.25 }, mode: 'same' })

  test('are read by name, or the fallback is', () => {
    expect(findAttribute(made, 'mode')!.name).toBe('mode')
    expect(findAttribute(made, 'none')).toBeUndefined()
    expect([intAttribute(made, 'axis', 7), intAttribute(made, 'none', 7)]).toEqual([-1, 7])
    expect([intsAttribute(made, 'axes'), intsAttribute(made, 'none')]).toEqual([[1, 2], undefined])
    expect([floatAttribute(made, 'alpha', 7), floatAttribute(made, 'none', 7)]).toEqual([0.25, 7])
  })

  test('an int is no float', () => {
    expect(floatAttribute(made, 'axis', 7)).toBe(7)
  })
})

describe('inputs', () => {
  test('old models list initialisers among them: those are not fed', () => {
    expect(trueInputs(graph).map(({ name }) => name)).toEqual(['x'])
  })

  test('shapes are numbers, names, question marks, or not told', () => {
    expect(shapeOf(graph.input[0]!)).toEqual(['batch', 4])
    const unnamed = valueInfo('x', DataType.FLOAT, ['', 2])
    const dim = (unnamed.type!.value.value as { shape: { dim: { value: unknown }[] } }).shape.dim[0]!
    dim.value = { case: undefined }
    expect(shapeOf(unnamed)).toEqual(['?', 2])
    delete unnamed.type
    expect(shapeOf(unnamed)).toBeUndefined()
    expect(elementTypeOf(unnamed)).toBe(0)
    expect(elementTypeOf(graph.input[0]!)).toBe(DataType.FLOAT)
  })
})
