import { describe, expect, test } from '@jest/globals'
import { graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { changed, cloneModel, decodeModel, encodeModel, opsetVersion } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

function tiny() {
  return graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, ['batch', 2])],
    outputs: [valueInfo('y', DataType.FLOAT, ['batch', 2])],
    nodes: [node('Add', ['x', 'one'], 'y'), node('LeakyRelu', ['y'], 'z', { alpha: { float: 0.25 } })],
    initializers: [floatTensor('one', [2], [1, -1])],
  })
}

/** Fields that onnx.proto does not have, at the end of the model: a varint and a string. */
const unknownFields = Uint8Array.of(0xc8, 0x3e, 0x96, 0x01, 0xd2, 0x3e, 0x03, 0x61, 0x62, 0x63)

describe('decodeModel and encodeModel', () => {
  test('give back the same bytes', () => {
    const bytes = encodeModel(tiny())
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes)
  })

  test('keep fields that the schema does not name, through a copy as well', () => {
    const bytes = Uint8Array.from([...encodeModel(tiny()), ...unknownFields])
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes)
    expect(encodeModel(cloneModel(decodeModel(bytes)))).toEqual(bytes)
  })

  test('keep the contents of tensors as views on the bytes', () => {
    const bytes = encodeModel(tiny())
    expect(decodeModel(bytes).graph.initializer[0]!.rawData.buffer).toBe(bytes.buffer)
  })

  test.each([
    ['cut off', encodeModel(tiny()).slice(0, -3)],
    ['random', Uint8Array.from({ length: 64 }, (_, i) => (i * 101 + 7) % 256)],
  ])('name the file whose bytes are %s', (_, bytes) => {
    expect(() => decodeModel(bytes, 'flowers.onnx')).toThrow(
      expect.objectContaining({
        code: 'BAD_MODEL',
        message: 'flowers.onnx is not a readable ONNX file: it may be damaged or cut off; fetch it again.',
      }),
    )
  })

  test.each([
    ['PK\x03\x04\x14', /^net\.pt is a ZIP archive, as PyTorch.*: export it as ONNX\.$/],
    ['\x89HDF\r\n\x1a\n', /is an HDF5 file, as Keras.*: export it as ONNX\.$/],
    ['\x1c\0\0\0TFL3\x14', /is a TensorFlow Lite model.*: export it as ONNX\.$/],
    ['version https://git-lfs.github.com/spec/v1\n', /is only a pointer.*git lfs pull\.$/],
    ['<!DOCTYPE html><title>404</title>', /is a web page.*download the file itself\.$/],
  ])('say what another kind of file is: %j', (text, message) => {
    expect(() => decodeModel(Buffer.from(text, 'latin1'), 'net.pt')).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: expect.stringMatching(message) }),
    )
  })

  test('refuse a file without a graph, or with an empty one', () => {
    const empty = tiny()
    empty.graph.node = []
    for (const bytes of [new Uint8Array(0), unknownFields, encodeModel(empty)]) {
      expect(() => decodeModel(bytes, 'flowers.onnx')).toThrow(
        expect.objectContaining({
          code: 'BAD_MODEL',
          message: 'flowers.onnx is not an ONNX model: it holds no graph.',
        }),
      )
    }
  })
})

describe('cloneModel', () => {
  test('shares tensors, and nothing else that is edited', () => {
    const model = tiny()
    const before = encodeModel(model)
    const copy = cloneModel(model)
    expect(copy.graph.initializer[0]).toBe(model.graph.initializer[0])
    copy.graph.node[0]!.input[0] = 'other'
    copy.graph.node[0]!.name = 'other'
    copy.graph.node[1]!.attribute = []
    copy.graph.node.pop()
    copy.graph.initializer.push(floatTensor('more', [1], [0]))
    copy.graph.input = []
    copy.graph.output.pop()
    copy.opsetImport[0]!.version = 1n
    setMetadata(copy, 'key', 'value')
    expect(encodeModel(model)).toEqual(before)
    expect(encodeModel(copy)).not.toEqual(before)
  })
})

test('changed keeps the defaults of fields that are not set', () => {
  const { graph } = tiny()
  const copy = changed(graph, { name: 'other' })
  expect(copy.name).toBe('other')
  expect(graph.name).toBe('tiny')
  expect(copy.docString).toBe('')
})

describe('opsetVersion', () => {
  test('is that of the default domain, under either of its names', () => {
    const model = tiny()
    expect(opsetVersion(model)).toBe(17)
    model.opsetImport[0]!.domain = 'ai.onnx'
    expect(opsetVersion(model)).toBe(17)
    model.opsetImport[0]!.domain = 'com.microsoft'
    expect(opsetVersion(model)).toBe(1)
  })
})
