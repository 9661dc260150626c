import { describe, expect, test } from '@jest/globals'
import { getMetadata, graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { replaceMetadata } from '../../src/onnx/replace-metadata.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

function model(entries: Readonly<Record<string, string>>): Uint8Array {
  const tiny = graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [300])],
    outputs: [valueInfo('y', DataType.FLOAT, [300])],
    nodes: [node('Add', ['x', 'w'], 'y')],
    initializers: [floatTensor('w', [300], new Float32Array(300).fill(0.1))],
  })
  for (const [key, value] of Object.entries(entries)) setMetadata(tiny, key, value)
  return encodeModel(tiny)
}

describe('replaceMetadata', () => {
  test('gives the very bytes of a model that was written with these entries', () => {
    const long = 'ü'.repeat(20_000)
    const replaced = replaceMetadata(model({ a: '1', theirs: 'stays', b: '2' }), { a: long, b: '' })
    expect(Buffer.concat(replaced)).toEqual(Buffer.from(model({ a: long, theirs: 'stays', b: '' })))
  })

  test('adds what is missing, and leaves one of several entries of a key', () => {
    const twice = Buffer.concat([model({ a: '1', b: '2' }), ...replaceMetadata(new Uint8Array(), { a: '3' })])
    const { metadataProps } = decodeModel(Buffer.concat(replaceMetadata(twice, { a: '4', c: '5' })))
    expect(metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['a', '4'],
      ['b', '2'],
      ['c', '5'],
    ])
  })

  test('throws a RangeError for bytes that are cut off', () => {
    const bytes = model({ a: '1' })
    expect(() => replaceMetadata(bytes.subarray(0, bytes.length - 1), { a: '2' })).toThrow(RangeError)
  })

  test('keeps entries that protobuf reads', () => {
    const again = decodeModel(Buffer.concat(replaceMetadata(model({ a: '1' }), { a: 'x\n"y"' })))
    expect(getMetadata(again, 'a')).toBe('x\n"y"')
  })
})
