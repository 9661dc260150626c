import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { isQuantised } from '../../src/precision/dequantise.js'
import { formFor } from '../../src/precision/form-for.js'
import { tfliteToOnnx } from '../../src/tflite/convert.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinyClassifier } from '../tflite/tiny-classifier.js'

const folder = temporaryFolder()
const quantised = encodeModel(tfliteToOnnx(tinyClassifier(), { form: 'qdq' }))
const float = encodeModel(tfliteToOnnx(tinyClassifier(), { form: 'float32' }))

test('the CPU runs a model as it is stored', async () => {
  expect(await formFor('cpu', quantised)).toEqual({ model: quantised, suffix: '' })
  expect(await formFor('cpu', 'no-such-file.onnx')).toEqual({ model: 'no-such-file.onnx', suffix: '' })
})

test('CUDA runs a quantised model as float16, from a file too, and a float one as it is stored', async () => {
  const { model, suffix } = await formFor('cuda', quantised)
  expect(suffix).toBe('/float16')
  expect(isQuantised(decodeModel(model as Uint8Array))).toBe(false)
  const file = join(folder(), 'model.onnx')
  await writeFile(file, quantised)
  expect(await formFor('cuda', file)).toEqual({ model, suffix })
  expect(await formFor('cuda', float)).toEqual({ model: float, suffix: '' })
})
