import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeBundle } from '../../src/bundle/write.js'
import { findModelFile } from '../../src/classifier/model-file.js'
import { tinyChange } from '../bundle/tiny-bundle.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const find = async (model: string) => (await findModelFile(model, { cacheDir: folder() }))?.file

test('a folder is what it holds, whatever its name', async () => {
  const bundle = join(folder(), 'flowers.onnx')
  await writeBundle(bundle, tinyChange(1, ['flowers']))
  expect(await find(bundle)).toBeUndefined()
  const download = join(folder(), 'download.onnx')
  await mkdir(download)
  writeTinyClassifier(join(download, 'net.onnx'), 3)
  expect(await find(download)).toBe(join(download, 'net.onnx'))
})

test('a name that ends as files do is one, whether it is there or not', async () => {
  const missing = join(folder(), 'missing.onnx')
  expect(await find(missing)).toBe(missing)
})
