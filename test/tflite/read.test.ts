import { describe, expect, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { tfliteToOnnx } from '../../src/tflite/convert.js'
import type { TfliteModel } from '../../src/tflite/model.js'
import { readTflite } from '../../src/tflite/read.js'
import { processorTime } from '../support/processor-time.js'
import { tinyClassifier } from './tiny-classifier.js'
import { writeOverlappingTables, writeTflite } from './write-tflite.js'

const bytes = writeTflite(tinyClassifier())

describe('readTflite', () => {
  test('gives back the model that was written', () => {
    const { tensors, ...rest } = readTflite(bytes)
    const expected = tinyClassifier()
    expect(rest).toEqual({ version: 3, operators: expected.operators, inputs: [0], outputs: [11] })
    expect(tensors.map(({ data, ...tensor }) => ({ ...tensor, data: [...data] }))).toEqual(
      expected.tensors.map(({ data, ...tensor }) => ({ ...tensor, data: [...data] })),
    )
  })

  test('tensor contents are views on the file', () => {
    const weights = readTflite(bytes).tensors[1]!
    expect(weights.data.buffer).toBe(bytes.buffer)
  })

  test('an operator it does not know keeps its name', () => {
    const model: TfliteModel = {
      ...tinyClassifier(),
      operators: [{ type: 'OTHER', name: '', version: 2, inputs: [0], outputs: [3] }],
    }
    expect(readTflite(writeTflite(model)).operators).toEqual([
      { type: 'OTHER', name: 'SOFTMAX', version: 2, inputs: [0], outputs: [3] },
    ])
  })

  test('other files and other schema versions are refused by name', () => {
    expect(() => readTflite(new TextEncoder().encode('<!doctype html>'), 'page.html')).toThrow(
      'page.html is not a TFLite file',
    )
    expect(() => readTflite(new Uint8Array())).toThrow('the model is not a TFLite file')
    expect(() => readTflite(writeTflite({ ...tinyClassifier(), version: 4 }))).toThrow('TFLite schema version 4')
  })

  test('a file cut off anywhere is refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => convert(bytes.subarray(0, length))).toThrow(NpluskError)
    }
  })

  test('a file with any one byte changed is read or refused, never a crash', () => {
    let refused = 0
    for (let i = 0; i < bytes.length; i++) {
      for (const flip of [0x01, 0xff]) {
        const damaged = bytes.slice()
        damaged[i]! ^= flip
        const error = thrownBy(() => convert(damaged))
        if (error === undefined) continue
        expect(error).toBeInstanceOf(NpluskError)
        expect(error).toHaveProperty('code', 'BAD_MODEL')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(bytes.length / 2)
  })

  test('tables that overlap cost no more than the file is long', () => {
    const bomb = writeOverlappingTables(20_000) // 400 million numbers to follow, in 160 kB
    const start = processorTime()
    expect(() => readTflite(bomb)).toThrow('damaged')
    expect(processorTime() - start).toBeLessThan(2)
  })
})

function convert(file: Uint8Array): unknown {
  return tfliteToOnnx(readTflite(file), { form: 'qdq' })
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}
