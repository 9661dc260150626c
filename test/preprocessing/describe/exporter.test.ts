import { describe, expect, test } from '@jest/globals'
import { exporterOf, likeliestFirst } from '../../../src/preprocessing/describe/exporter.js'
import { usualConventions } from '../../../src/backbone/normalisation.js'
import { GraphBuilder } from '../../support/tiny-models/builder.js'

function modelBy(producerName: string, names: readonly string[] = []) {
  const g = new GraphBuilder(13)
  const model = g.model(['N', 3, 8, 8], [[g.gemm(g.op('Flatten', ['x']), 192, 4), ['N', 4]]])
  model.producerName = producerName
  model.graph.initializer.forEach((tensor, i) => (tensor.name = names[i] ?? tensor.name))
  return model
}

test.each([
  ['pytorch', 'PyTorch'],
  ['tf2onnx', 'Keras'],
  ['keras2onnx', 'Keras'],
  ['CNTK', 'CNTK'],
  ['onnx-caffe2', 'Caffe'],
  ['PaddlePaddle', 'Paddle'],
  ['nplusk', 'unknown'],
])('%s is %s', (producer, exporter) => expect(exporterOf(modelBy(producer))).toBe(exporter))

test('behind a tool that rewrites models the names tell', () => {
  expect(exporterOf(modelBy('onnx.quantize', ['features.0.weight', 'fc.bias']))).toBe('PyTorch')
  expect(exporterOf(modelBy('onnx.quantize', ['model/conv/Conv2D/ReadVariableOp:0']))).toBe('Keras')
})

describe('the likeliest convention comes first, and none is lost', () => {
  test.each([
    ['PyTorch', 224, 'ImageNet mean and std'],
    ['PyTorch', 64, 'ImageNet mean and std'],
    ['PyTorch', 32, '0..1'],
    ['Keras', 224, '-1..1'],
    ['Keras', 32, '0..1'],
    ['CNTK', 224, '0..255'],
    ['Caffe', 224, 'Caffe, BGR minus mean'],
    ['unknown', 224, 'ImageNet mean and std'],
  ] as const)('%s at %d pixels: %s', (exporter, side, first) => {
    const ordered = likeliestFirst(usualConventions, exporter, side)
    expect(ordered[0]!.name).toBe(first)
    expect(new Set(ordered)).toEqual(new Set(usualConventions))
  })
})
