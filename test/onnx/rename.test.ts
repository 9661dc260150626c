import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { AttributeProto_AttributeType, AttributeProtoSchema } from '../../src/onnx/generated/onnx_pb.js'
import { cloneModel, encodeModel } from '../../src/onnx/model.js'
import { renameTensors } from '../../src/onnx/rename.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

function branching() {
  const branch = (name: string) =>
    create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.GRAPH,
      g: graphModel({
        name,
        opset: 17,
        inputs: [],
        outputs: [valueInfo('logits', DataType.FLOAT, [1])],
        nodes: [node('Add', ['image', 'w'], 'logits')],
        initializers: [],
      }).graph,
    })
  const condition = node('If', ['yes'], 'result')
  condition.attribute = [branch('then_branch'), branch('else_branch')]
  return graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('image', DataType.FLOAT, [1])],
    outputs: [valueInfo('logits', DataType.FLOAT, [1])],
    nodes: [condition, node('Relu', ['result'], 'logits')],
    initializers: [floatTensor('w', [1], [1]), floatTensor('image_', [1], [1])],
  })
}

describe('renameTensors', () => {
  const names = new Map([
    ['image', 'base/image'],
    ['logits', 'base/logits'],
    ['w', 'base/w'],
  ])

  test('renames inputs, outputs, initialisers, nodes and the graphs inside them; other names stay', () => {
    const { graph } = branching()
    graph.valueInfo = [valueInfo('logits', DataType.FLOAT, [1]), valueInfo('result', DataType.FLOAT, [1])]
    renameTensors(graph, names)
    expect(graph.input.map(({ name }) => name)).toEqual(['base/image'])
    expect(graph.output.map(({ name }) => name)).toEqual(['base/logits'])
    expect(graph.valueInfo.map(({ name }) => name)).toEqual(['base/logits', 'result'])
    expect(graph.initializer.map(({ name }) => name)).toEqual(['base/w', 'image_'])
    expect(graph.node.map(({ name, output }) => [name, ...output])).toEqual([
      ['result', 'result'],
      ['base/logits', 'base/logits'],
    ])
    for (const { g } of graph.node[0]!.attribute) {
      expect(g!.node[0]).toMatchObject({ input: ['base/image', 'base/w'], output: ['base/logits'] })
      expect(g!.output[0]!.name).toBe('base/logits')
    }
  })

  test('a clone is renamed, the model it is of is not', () => {
    const model = branching()
    model.graph.node.shift()
    const before = encodeModel(model)
    renameTensors(cloneModel(model).graph, names)
    expect(encodeModel(model)).toEqual(before)
  })

  test('a clone keeps its inner graphs apart as well', () => {
    const model = branching()
    const before = encodeModel(model)
    renameTensors(cloneModel(model).graph, names)
    expect(encodeModel(model)).toEqual(before)
  })
})
