import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isBundle } from '../../src/bundle/layout.js'
import { openBundle } from '../../src/bundle/bundle.js'
import { writeBundle } from '../../src/bundle/write.js'
import { modelIn } from '../../src/catalog/model-folder.js'
import { inspectModel } from '../../src/workflow/inspect.js'
import { listLabels } from '../../src/workflow/classes.js'
import { tinyChange } from '../bundle/tiny-bundle.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'

let folder: string
const put = (path: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeTinyClassifier(join(folder, path), 3)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test.each([
  [['model.onnx'], 'model.onnx'],
  [['onnx/model.onnx', 'onnx/other.onnx'], 'onnx/model.onnx'],
  [['net.onnx'], 'net.onnx'],
])('a folder with %j stands for %s', async (files, expected) => {
  files.forEach(put)
  expect(await modelIn(folder)).toBe(join(folder, expected))
})

test('a folder of several models stops with their names, one without any is none', async () => {
  expect(await modelIn(folder)).toBeUndefined()
  put('a.onnx')
  put('b.onnx')
  await expect(modelIn(folder)).rejects.toThrow(
    `name one of them: ${join(folder, 'a.onnx')}, ${join(folder, 'b.onnx')}.`,
  )
})

test('a folder with a model.onnx of another origin is no bundle, damaged or not: it is that model', async () => {
  put('model.onnx')
  expect(await isBundle(folder)).toBe(false)
  expect((await listLabels({ model: folder })).labels).toHaveLength(3)
  expect((await inspectModel({ file: folder })).classes).toBe(3)
  await expect(openBundle(folder)).rejects.toMatchObject({
    message: `${folder} holds an ONNX model that nplusk did not write, and no bundle.`,
    remedy: { kind: 'make-bundle-of', model: folder },
  })
})

test('a bundle that has lost its manifest is still a bundle', async () => {
  const bundle = join(folder, 'bundle')
  await writeBundle(bundle, tinyChange(1, ['a']))
  rmSync(join(bundle, 'bundle.json'))
  expect(await isBundle(bundle)).toBe(true)
  {
    // Its model says the same.
    await using opened = await openBundle(bundle)
    expect(opened.manifest.revision).toBe(1)
  }
  writeFileSync(join(bundle, 'model.onnx'), 'no model')
  expect(await isBundle(bundle)).toBe(false)
})

test.each(['', '/model.onnx'])('a bundle%s is nothing to inspect, and says what is', async (inside) => {
  const bundle = join(folder, 'bundle')
  await writeBundle(bundle, tinyChange(1, ['a']))
  await expect(inspectModel({ file: `${bundle}${inside}` })).rejects.toMatchObject({
    remedy: { kind: 'list-classes', bundle },
  })
})
