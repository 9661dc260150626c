import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import { manifestFile, modelFile } from '../../src/bundle/layout.js'
import { splitHeads } from '../../src/head/added-head.js'
import type { Precision } from '../../src/precision/convert.js'
import { openSession } from '../../src/runtime/session.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { exportModel } from '../../src/workflow/export.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A bundle with heads of two kinds: colours of an SVM, frozen, and behind it a perceptron.

let folder: string
let place: TinyPlace
let mixed: string
const kindsOf = async (bundle: string) => (await readBundle(bundle)).manifest.training

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  mixed = place.path('bundle')
  const add = [await place.draw('colours', { red: 8, green: 8 })]
  const first = await place.add({ add, rehearsal: await place.draw('old', { any: 12 }), head: 'svm' })
  expect(first.head).toEqual({ asked: 'svm', kind: 'svm', tried: [] })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const more = (options: object) => place.add({ model: mixed, input: {}, out: mixed, add: [], ...options })

test('the bundle remembers its kind, trains later additions alike, and keeps frozen heads of another kind', async () => {
  expect(await kindsOf(mixed)).toMatchObject({ head: 'svm', heads: ['svm'] })
  const again = await more({ add: [await place.draw('sky', { blue: 6 })] })
  expect(again.head).toEqual({ asked: 'svm', kind: 'svm', tried: [] })
  expect(await kindsOf(mixed)).toMatchObject({ head: 'svm', heads: ['svm', 'svm'] })

  const before = await (await readBundle(mixed)).heads()
  const result = await more({ add: [await place.draw('sea', { teal: 6 })], head: 'mlp', freezeAdded: true })
  expect(result.head).toEqual({ asked: 'mlp', kind: 'mlp', tried: [] })
  const heads = await (await readBundle(mixed)).heads()
  expect(heads.map(({ kind }) => kind)).toEqual(['svm', 'svm', 'mlp'])
  expect(heads.slice(0, 2)).toEqual(before)
  expect(await kindsOf(mixed)).toMatchObject({ head: 'mlp', heads: ['svm', 'svm', 'mlp'] })
})

test('all that is done with a bundle is done with that one', async () => {
  const set = await place.draw('test', { red: 4, green: 4, blue: 4, teal: 4 })
  const options = { model: mixed, device: 'cpu', cacheDir: place.cacheDir } as const
  const { top1 } = await evaluate({ ...options, folder: place.path('colours') })
  expect(top1).toBeGreaterThan(0.8)
  await renameClass({ model: mixed, name: 'teal', to: 'petrol' })
  expect((await evaluate({ ...options, folder: set, skipUnknown: true })).count).toBeGreaterThan(8)

  const pixels = { dims: [1, 8, 8, 3], data: Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256) }
  const logitsOf = async (model: Uint8Array) => {
    const session = await openSession(model)
    try {
      return [...((await session.run({ image: pixels }, ['logits']))['logits']!.data as Float32Array)]
    } finally {
      await session.close()
    }
  }
  const logits = await logitsOf(readFileSync(join(mixed, modelFile)))
  expect(logits).toHaveLength(14)
  for (const precision of [undefined, 'float32', 'float16'] as (Precision | undefined)[]) {
    const out = place.path(`export-${precision}.onnx`)
    await exportModel({ model: mixed, format: 'onnx', out, ...(precision ? { precision } : {}) })
    const largest = Math.max(...logits.map(Math.abs))
    ;(await logitsOf(readFileSync(out))).forEach((value, i) =>
      expect(Math.abs(value - logits[i]!)).toBeLessThan((precision === 'float16' ? 1e-2 : 1e-5) * largest),
    )
  }
})

test('taking an increment out trains the others anew, as the kind that was asked for last', async () => {
  await removeClasses({ model: mixed, name: 'sky', device: 'cpu' })
  expect(await kindsOf(mixed)).toMatchObject({ head: 'mlp', heads: ['mlp', 'mlp'] })
  const [colours, sea] = await (await readBundle(mixed)).heads()
  // Both are of one perceptron.
  expect(splitHeads([sea!], [1])[0]).toEqual(sea)
  expect(colours).toMatchObject({ kind: 'mlp', columns: 2 })
})

test('a kind that the trainer does not train, or that is none, is refused before any picture is read', async () => {
  await expect(more({ head: 'forest', add: ['none'] })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'head must be one of softmax, svm, mlp, auto, not forest.',
  })
  const add = [await place.draw('few', { pink: 3 })]
  await expect(more({ trainer: 'tfjs', add })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'TensorFlow.js trains softmax heads alone, not mlp.',
  })
})

test('a bundle whose kinds are not recorded has softmax heads; one with a kind unknown to it is refused', async () => {
  const old = place.path('old-bundle')
  await place.add({ add: [place.path('colours')], rehearsal: place.path('old'), out: old })
  const bundle = await readBundle(old)
  expect(bundle.manifest.training).toMatchObject({ head: 'softmax', heads: ['softmax'] })
  expect((await bundle.heads()).map(({ kind }) => kind)).toEqual(['softmax'])
  const { parseManifest } = await import('../../src/bundle/manifest.js')
  const json = JSON.parse(readFileSync(join(old, manifestFile), 'utf8')) as { training: Record<string, unknown> }
  const { head: _, heads: __, ...earlier } = json.training
  expect(parseManifest(JSON.stringify({ ...json, training: earlier }), 'f').training.heads).toBeUndefined()
  for (const training of [
    { ...earlier, head: 'forest' },
    { ...earlier, heads: ['forest'] },
  ]) {
    expect(() => parseManifest(JSON.stringify({ ...json, training }), 'f')).toThrow(/training\.head/)
  }
})
