import { create } from '@bufbuild/protobuf'
import { expect, test } from '@jest/globals'
import { namesInGraph } from '../../../src/preprocessing/describe/graph-names.js'
import { AttributeProto_AttributeType, AttributeProtoSchema } from '../../../src/onnx/generated/onnx_pb.js'
import { GraphBuilder } from '../../support/tiny-models/builder.js'

test('names in the map of probabilities that Custom Vision and scikit-learn end in; numbers are none', () => {
  const g = new GraphBuilder(13)
  const map = g.op('ZipMap', [g.op('Softmax', ['x'])])
  const model = g.model(['N', 2], [[map, ['N', 2]]])
  const zip = model.graph.node.at(-1)!
  zip.attribute = [create(AttributeProtoSchema, { name: 'classlabels_int64s', ints: [0n, 1n] })]
  expect(namesInGraph(model)).toBeUndefined()
  const strings = ['Chat', 'Écureuil'].map((name) => new TextEncoder().encode(name))
  const type = AttributeProto_AttributeType.STRINGS
  zip.attribute = [create(AttributeProtoSchema, { name: 'classlabels_strings', type, strings })]
  expect(namesInGraph(model)).toEqual(['Chat', 'Écureuil'])
})
