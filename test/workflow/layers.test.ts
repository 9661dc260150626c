import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import { modelFile } from '../../src/bundle/layout.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import type { ExtendOptions } from '../../src/training/extend-options.js'
import type { Precision } from '../../src/precision/convert.js'
import { openSession } from '../../src/runtime/session.js'
import { exportModel } from '../../src/workflow/export.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { verifyBundle } from '../../src/workflow/verify.js'
import { writeLayeredClassifier } from '../support/tiny-classifier-file.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A bundle whose increments read other layers each: colours the further ones, and the later ones what is said below.

let folder: string
let place: TinyPlace
let bundle: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder, 10, writeLayeredClassifier)
  bundle = place.path('bundle')
  const add = [await place.draw('colours', { red: 8, green: 8 })]
  const rehearsal = await place.draw('old', { any: 12 })
  const { layers } = await place.add({ add, rehearsal, layers: ['block0', 'block3:4x4'] })
  const read = ['block0', 'block3:4x4']
  expect(layers).toEqual([{ increment: 'colours', taken: read.join(','), read, tried: [] }])
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const more = (options: Partial<ExtendOptions>) =>
  place.add({ model: bundle, input: {}, out: bundle, add: [], ...options })
const layersRead = async () => (await readBundle(bundle)).manifest.increments.map(({ layers }) => layers)

async function logitsOf(model: Uint8Array): Promise<number[]> {
  const data = Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256)
  const session = await openSession(model)
  try {
    return [
      ...((await session.run({ image: { dims: [1, 8, 8, 3], data } }, ['logits']))['logits']!.data as Float32Array),
    ]
  } finally {
    await session.close()
  }
}

test('frozen heads keep their layers beside others, bit for bit, and every form of the model answers alike', async () => {
  const before = await (await readBundle(bundle)).heads()
  await more({ add: [await place.draw('sky', { blue: 6 })], layers: 'default', head: 'mlp', freezeAdded: true })
  expect(await layersRead()).toEqual([['block0', 'block3:4x4'], undefined])
  await more({ add: [await place.draw('sea', { teal: 6 })], layers: ['bottleneck'], head: 'svm', freezeAdded: true })
  expect(await layersRead()).toEqual([['block0', 'block3:4x4'], undefined, ['bottleneck']])
  expect((await (await readBundle(bundle)).heads())[0]).toEqual(before[0])
  expect(await verifyBundle({ model: bundle })).toMatchObject({ ok: true })

  const logits = await logitsOf(readFileSync(join(bundle, modelFile)))
  expect(logits).toHaveLength(14)
  const largest = Math.max(...logits.map(Math.abs))
  for (const precision of ['float32', 'float16'] as Precision[]) {
    const out = place.path(`${precision}.onnx`)
    await exportModel({ model: bundle, format: 'onnx', out, precision })
    const furthest = Math.max(...(await logitsOf(readFileSync(out))).map((value, i) => Math.abs(value - logits[i]!)))
    expect(furthest).toBeLessThan((precision === 'float16' ? 1e-2 : 1e-5) * largest)
  }
})

test('heads that were trained with old images stay frozen beside made-up ones, again and again', async () => {
  const before = await (await readBundle(bundle)).heads()
  const out = place.path('made-up')
  const made = { rehearsal: 'none', layers: 'auto', freezeAdded: true, out } as const
  const first = await more({ ...made, add: [await place.draw('night', { black: 6 })] })
  expect(first.layers.at(-1)!.read).toEqual(['block1', 'block3', 'block4', 'block5', 'bottleneck'])
  expect(first.heldOut.new.count).toBe(6)
  await more({ ...made, model: out, add: [await place.draw('day', { white: 6 })] })
  const heads = await (await readBundle(out)).heads()
  expect(heads).toHaveLength(before.length + 2)
  expect(heads.slice(0, before.length)).toEqual(before)
  expect(await verifyBundle({ model: out })).toMatchObject({ ok: true })
})

test('layers by name without old images are refused before any picture is read', async () => {
  const read: string[] = []
  const onProgress = (event: ProgressEvent) => void (event.type === 'progress' && read.push(event.stage))
  const add = [await place.draw('dusk', { grey: 4 })]
  await expect(more({ add, rehearsal: 'none', onProgress })).rejects.toMatchObject({
    code: 'USAGE',
    remedy: { kind: 'give-old-images-or-no-layers' },
  })
  expect(read).not.toContain('extract')
})

test('taking an increment out trains the others anew, on the layers that were asked for last', async () => {
  await removeClasses({ model: bundle, name: 'sky', device: 'cpu' })
  expect(await layersRead()).toEqual([['bottleneck'], ['bottleneck']])
})

test.each([[], 'all', 7, [7], ['block0', null]])('%j are no layers', async (layers) => {
  await expect(more({ add: ['none'], layers: layers as string[] })).rejects.toMatchObject({
    code: 'USAGE',
    message: `layers must be auto, default or names of layers, not ${JSON.stringify(layers)}.`,
  })
})

test('how the layers of frozen heads were chosen stays known', async () => {
  const out = place.path('chosen')
  const add = [await place.draw('warm', { red: 8, yellow: 8 })]
  const rehearsal = await place.draw('old', { any: 12 })
  const { layers } = await place.add({ add, rehearsal, out })
  expect(layers[0]!.tried.length).toBeGreaterThan(1)
  const beside = [await place.draw('cold', { blue: 6 })]
  const later = await more({ model: out, out, add: beside, layers: 'default', freezeAdded: true })
  expect(later.layers[0]).toEqual(layers[0])
  expect(later.layers[1]).toMatchObject({ increment: 'cold', taken: 'default', tried: [] })
})
