import { describe, expect, test } from '@jest/globals'
import { attribute, getMetadata, graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { AttributeProto_AttributeType as AttributeType } from '../../src/onnx/generated/onnx_pb.js'
import { elementTypeOf, shapeOf } from '../../src/onnx/graph.js'
import { decodeModel, encodeModel, opsetVersion } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

describe('node', () => {
  test('is named after its first output', () => {
    const made = node('Split', ['x'], ['a', 'b'], { axis: 1 })
    expect(made).toMatchObject({ opType: 'Split', name: 'a', input: ['x'], output: ['a', 'b'] })
    expect(node('Relu', ['x'], 'y')).toMatchObject({ name: 'y', output: ['y'], attribute: [] })
  })
})

describe('attribute', () => {
  const value = floatTensor('w', [1], [2])
  test.each([
    ['an int', -3, { type: AttributeType.INT, i: -3n }],
    ['a float', { float: 0.5 }, { type: AttributeType.FLOAT, f: 0.5 }],
    ['a text', 'SAME_UPPER', { type: AttributeType.STRING, s: new TextEncoder().encode('SAME_UPPER') }],
    ['ints', [0, -1], { type: AttributeType.INTS, ints: [0n, -1n] }],
    ['no ints', [], { type: AttributeType.INTS, ints: [] }],
    ['a tensor', { tensor: value }, { type: AttributeType.TENSOR, t: value }],
  ])('holds %s', (_, given, expected) => {
    expect(attribute('key', given)).toMatchObject({ name: 'key', ...expected })
  })
})

describe('graphModel', () => {
  const model = graphModel({
    name: 'tiny',
    opset: 13,
    inputs: [valueInfo('x', DataType.UINT8, ['batch', 3])],
    outputs: [valueInfo('y', DataType.FLOAT, [1, 3])],
    nodes: [node('Cast', ['x'], 'y', { to: DataType.FLOAT })],
    initializers: [],
  })

  test('puts a model together that reads back', () => {
    const { graph, ...rest } = decodeModel(encodeModel(model))
    expect(opsetVersion(model)).toBe(13)
    expect(rest.irVersion).toBe(8n)
    expect(graph.name).toBe('tiny')
    expect(shapeOf(graph.input[0]!)).toEqual(['batch', 3])
    expect(elementTypeOf(graph.input[0]!)).toBe(DataType.UINT8)
    expect(shapeOf(graph.output[0]!)).toEqual([1, 3])
  })
})

describe('metadata', () => {
  test('is set, replaced and read by key, through the file', () => {
    const model = graphModel({
      name: 'tiny',
      opset: 13,
      inputs: [],
      outputs: [],
      nodes: [node('Relu', ['x'], 'y')],
      initializers: [],
    })
    setMetadata(model, 'a', '1')
    setMetadata(model, 'b', 'ü')
    setMetadata(model, 'a', '2')
    const read = decodeModel(encodeModel(model))
    expect(read.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['b', 'ü'],
      ['a', '2'],
    ])
    expect(getMetadata(read, 'a')).toBe('2')
    expect(getMetadata(read, 'c')).toBeUndefined()
  })
})
