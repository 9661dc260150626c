import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { isQuantised } from '../../src/precision/dequantise.js'
import { formFor } from '../../src/precision/form-for.js'
import { tfliteToOnnx } from '../../src/tflite/convert.js'
import { eachRow } from '../../src/onnx/each-row.js'
import { dynamicallyQuantised, qOperator } from '../support/tiny-models/quantised.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinyClassifier } from '../tflite/tiny-classifier.js'

const folder = temporaryFolder()
const quantised = encodeModel(tfliteToOnnx(tinyClassifier(), { form: 'qdq' }))
const float = encodeModel(tfliteToOnnx(tinyClassifier(), { form: 'float32' }))

test('the CPU runs a model as it is stored', async () => {
  const { model, suffix } = await formFor('cpu', quantised)
  expect(model).toBe(quantised)
  expect(suffix).toBe('')
  expect(await formFor('cpu', 'no-such-file.onnx')).toEqual({ model: 'no-such-file.onnx', suffix: '' })
})

test('CUDA runs a quantised model as float16, from a file too, and a float one as it is stored', async () => {
  const { model, suffix } = await formFor('cuda', quantised)
  expect(suffix).toBe('/float16')
  expect(isQuantised(decodeModel(model as Uint8Array))).toBe(false)
  const file = join(folder(), 'model.onnx')
  await writeFile(file, quantised)
  const fromFile = await formFor('cuda', file)
  expect(Buffer.compare(fromFile.model as Uint8Array, model as Uint8Array)).toBe(0)
  const other = await formFor('cuda', float)
  expect(other.model).toBe(float)
  expect(other.suffix).toBe('')
})

test('CUDA runs what computes in integers as it is stored, and what runs row by row', async () => {
  for (const model of [qOperator(), dynamicallyQuantised(), eachRow(dynamicallyQuantised())].map(encodeModel)) {
    expect(isQuantised(decodeModel(model))).toBe(true)
    expect(await formFor('cuda', model)).toEqual({ model, suffix: '' })
  }
})
