import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import type { BundleParts } from '../../src/bundle/parts.js'
import { saveBundle } from '../../src/bundle/save.js'
import { openSession, type Session } from '../../src/runtime/session.js'
import { contentsOf, withoutHistory } from '../end-to-end/workplace.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'
import { openBackbone } from '../../src/classifier/open-backbone.js'

const note = { kind: 'add' } as const
let folder: string
let place: TinyPlace
let parts: BundleParts
let backbone: Session

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const add = [await place.draw('colours', { red: 6, 'class 3': 6 })]
  await place.add({ add, rehearsal: await place.draw('old', { any: 12 }), overlap: 'merge' })
  const bundle = await readBundle(place.path('bundle'))
  const heads = await bundle.heads()
  parts = {
    backbone: await bundle.backbone(),
    increments: (await bundle.increments()).map((increment, i) => ({ ...increment, head: heads[i]! })),
    rehearsal: await bundle.rehearsal(),
    training: bundle.manifest.training,
    revision: 1,
  }
  backbone = await openSession(parts.backbone.graph)
})

afterAll(async () => {
  await backbone.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a bundle is put together again from its parts, byte for byte', async () => {
  const again = place.path('again')
  const manifest = await saveBundle(again, parts, backbone, note)
  expect(withoutHistory(contentsOf(again))).toEqual(withoutHistory(contentsOf(place.path('bundle'))))
  expect(manifest).toEqual((await readBundle(again)).manifest)
})

test('files are named by their contents where no bundle gave them a name', async () => {
  const { rehearsal, increments } = parts
  const nameless = {
    ...parts,
    rehearsal: { table: rehearsal!.table, source: rehearsal!.source, images: rehearsal!.images },
    increments: increments.map(({ increment, table, head }) => ({ increment, table, head })),
  }
  const named = await saveBundle(place.path('named'), nameless, backbone, note)
  expect(named).toEqual((await readBundle(place.path('bundle'))).manifest)
})

test('a model whose old logits are not those of the backbone is not written', async () => {
  const file = place.path('other.onnx')
  writeTinyClassifier(file, 10, { factor: 2 })
  const other = await openBackbone({ model: file, input, device: 'cpu', cacheDir: place.cacheDir })
  await using session = await openSession(other.backbone.graph)
  await expect(saveBundle(place.path('wrong'), parts, session, note)).rejects.toMatchObject({
    code: 'BAD_MODEL',
    message: expect.stringMatching(/^The merged model.onnx changes the old logit 0 \(.*\); nothing was written/),
  })
  expect(contentsOf(folder)).not.toHaveProperty(join('wrong', 'model.onnx'))
})

test('a head of numbers that are none is not written', async () => {
  const [only] = parts.increments
  const head = only!.head.shift(new Float64Array(only!.head.columns).fill(NaN))
  const broken = { ...parts, increments: [{ ...only!, head }] }
  await expect(saveBundle(place.path('nan'), broken, backbone, note)).rejects.toMatchObject({ code: 'BAD_MODEL' })
})
