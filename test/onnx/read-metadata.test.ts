import { describe, expect, test } from '@jest/globals'
import { graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { readMetadata } from '../../src/onnx/read-metadata.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

function encoded(entries: Readonly<Record<string, string>>): Uint8Array {
  const model = graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [300])],
    outputs: [valueInfo('y', DataType.FLOAT, [300])],
    nodes: [node('Add', ['x', 'w'], 'y')],
    // Long enough that its length takes several bytes.
    initializers: [floatTensor('w', [300], new Array<number>(300).fill(0.5))],
  })
  for (const [key, value] of Object.entries(entries)) setMetadata(model, key, value)
  return encodeModel(model)
}

describe('readMetadata', () => {
  test('finds an entry among others, of any length and script', () => {
    const long = 'Wäldchen 森 '.repeat(5000)
    const model = encoded({ first: 'a', wanted: long, empty: '' })
    expect(readMetadata(model, 'first')).toBe('a')
    expect(readMetadata(model, 'wanted')).toBe(long)
    expect(readMetadata(model, 'empty')).toBe('')
  })

  test('gives nothing for a key that is not there', () => {
    expect(readMetadata(encoded({ wanted: 'a' }), 'other')).toBeUndefined()
    expect(readMetadata(encoded({}), 'wanted')).toBeUndefined()
  })

  test('refuses a file that was cut off in the middle of a field, and never gives a part of an entry', () => {
    const model = encoded({ wanted: 'a' })
    expect(() => readMetadata(model.subarray(0, model.length / 2), 'wanted')).toThrow(RangeError)
    for (let length = 0; length < model.length; length++) {
      let found: string | undefined
      try {
        found = readMetadata(model.subarray(0, length), 'wanted')
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
      expect(found).toBeUndefined()
    }
  })

  test('refuses what is no ONNX file', () => {
    expect(() => readMetadata(new Uint8Array(), 'wanted')).toThrow(RangeError)
    expect(() => readMetadata(new TextEncoder().encode('{"format": 1}'), 'wanted')).toThrow(RangeError)
  })
})
