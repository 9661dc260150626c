import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import { modelFile } from '../../src/bundle/layout.js'
import { hasBranch } from '../../src/branch/branch-layer.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { noiseImages } from '../../src/runtime/compare-logits.js'
import { openSession } from '../../src/runtime/session.js'
import type { ExtendOptions } from '../../src/training/extend-options.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { advise } from '../../src/workflow/advise.js'
import { exportModel } from '../../src/workflow/export.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { rollback } from '../../src/workflow/rollback.js'
import { verifyBundle } from '../../src/workflow/verify.js'
import { drawStripes } from '../support/striped-pictures.js'
import { side, writeBlindClassifier } from '../support/tiny-classifier-file.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A network that sees each pixel by itself cannot tell stripes across from stripes down, unless its blocks are trained.

let folder: string
let place: TinyPlace
let old: string
let stripes: string
let bundle: string
/** The classifier without a branch. */
let plain: Uint8Array
let first: ExtendResult
const oldClasses = 10
const goesOn: unknown = expect.stringMatching(/^Training goes on where it was kept, after \d+ steps?\.$/)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder, oldClasses, writeBlindClassifier)
  bundle = place.path('bundle')
  old = await place.draw('old', { one: 20, two: 20, three: 20 })
  stripes = await drawStripes(place.path('stripes'), 40, ['across', 'down'])
  await place.add({ add: [stripes], rehearsal: old })
  plain = readFileSync(join(bundle, modelFile))
  first = await more({ add: [stripes], rehearsal: old, fineTune: 6, epochs: 25 })
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const more = (options: Partial<ExtendOptions>) =>
  place.add({ model: bundle, input: {}, out: bundle, add: [], ...options })
const manifestOf = async () => (await readBundle(bundle)).manifest
const headsOf = async () => (await readBundle(bundle)).heads()

async function logitsOf(model: Uint8Array | string): Promise<number[]> {
  await using session = await openSession(model)
  const results = await session.run({ image: noiseImages(4, side, side) }, ['logits'])
  return [...(results['logits']!.data as Float32Array)]
}

describe('a branch that answers held-out images better', () => {
  test('is taken, and the old logits keep their bits', async () => {
    const { fineTuning, layers, heldOut, regularisation, warnings } = first
    expect(warnings).toEqual([])
    expect(regularisation.taken).toBeNull()
    expect(fineTuning).toMatchObject({ taken: true, blocks: 6, images: 72, heldOut: 8 })
    expect(fineTuning!.loss.tuned).toBeLessThan(fineTuning!.loss.frozen)
    expect(fineTuning!.slowdown).toBeGreaterThanOrEqual(1)
    const usual = ['block1', 'block3', 'block4', 'block5', 'bottleneck']
    expect(layers).toEqual([expect.objectContaining({ increment: 'stripes', read: [...usual, 'branch'], tried: [] })])
    expect(heldOut.new.count).toBe(8)
    const { fineTuning: record, heldOut: recorded } = (await manifestOf()).training
    expect(record).toMatchObject({ increments: 1, blocks: 6, alone: { heldOut: recorded } })
    expect(record!.heldOut).toHaveLength(8)

    const [with_, without] = [await logitsOf(join(bundle, modelFile)), await logitsOf(plain)]
    const oldOf = (logits: readonly number[]) => logits.filter((_, i) => i % (oldClasses + 2) < oldClasses)
    expect(oldOf(with_)).toEqual(oldOf(without))
    expect(with_).not.toEqual(without)
  })

  test('answers alike in every export', async () => {
    const logits = await logitsOf(join(bundle, modelFile))
    const out = place.path('exported.onnx')
    await exportModel({ model: bundle, format: 'onnx', out, precision: 'float16' })
    const furthest = Math.max(...(await logitsOf(out)).map((value, i) => Math.abs(value - logits[i]!)))
    expect(furthest).toBeLessThan(0.02 * Math.max(...logits.map(Math.abs)))
    expect(await verifyBundle({ model: bundle })).toMatchObject({ ok: true })
  })

  test('keeps its head when more classes come and go', async () => {
    const [before] = await headsOf()
    const { training, increments } = await manifestOf()
    const model = readFileSync(join(bundle, modelFile))
    await more({ add: [await place.draw('colours', { red: 12, green: 12 })] })
    expect((await headsOf())[0]).toEqual(before)
    expect((await manifestOf()).training.fineTuning).toEqual(training.fineTuning)
    expect((await manifestOf()).training.heldOut!.perClass.map(({ label }) => label)).toEqual(['green', 'red'])

    const { revision } = await manifestOf()
    expect(await more({ add: [stripes] })).toMatchObject({ increment: { images: 0 }, revision })
    const { cacheDir } = place
    // Pictures that the classes have already may be looked at again; others would be refused.
    const some = await drawStripes(place.path('some'), 6, ['across', 'down'])
    expect((await advise({ model: bundle, folder: some, cacheDir })).images.given).toBe(12)
    const further = await drawStripes(place.path('further'), 42, ['across'])
    await expect(advise({ model: bundle, folder: further, cacheDir })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(removeClasses({ model: bundle, name: 'across' })).rejects.toThrow('fine-tuned together')

    await removeClasses({ model: bundle, name: 'red' })
    expect((await headsOf())[0]).toEqual(before)
    await removeClasses({ model: bundle, name: 'colours', kind: 'increment' })
    const after = await manifestOf()
    expect(after.increments).toEqual(increments)
    // Views are as the last training took them.
    expect(after.training).toEqual({ ...training, augment: 1 })
    expect(await logitsOf(join(bundle, modelFile))).toEqual(await logitsOf(model))
  })

  test('goes with its increment, and comes back by a rollback', async () => {
    const { revision, training } = await manifestOf()
    await renameClass({ model: bundle, name: 'down', to: 'upright' })
    const names = (await manifestOf()).training.fineTuning!.alone.heldOut!.perClass.map(({ label }) => label)
    expect(names).toContain('upright')
    await removeClasses({ model: bundle, name: 'stripes', kind: 'increment' })
    expect((await manifestOf()).training.fineTuning).toBeUndefined()
    // It would answer the images that it was trained with better than any others.
    await expect(more({ add: [stripes], layers: ['branch'] })).rejects.toThrow('no layer "branch"')
    const { layers } = await more({ add: [stripes] })
    expect(layers[0]!.read).not.toContain('branch')
    await rollback({ model: bundle, revision })
    expect((await manifestOf()).training).toEqual(training)
    expect(hasBranch(await (await readBundle(bundle)).backbone())).toBe(true)
  })
})

test('layers that were asked for go with the branch', async () => {
  const add = [await place.draw('greens', { lime: 12 })]
  for (const [layers, left] of [
    [['bottleneck', 'branch'], ['bottleneck']],
    [['branch'], undefined],
  ] as const) {
    const { revision } = await manifestOf()
    await more({ add, layers })
    expect((await manifestOf()).training.layers).toEqual(layers)
    await removeClasses({ model: bundle, name: 'stripes', kind: 'increment' })
    expect((await manifestOf()).training.layers).toEqual(left)
    const { layers: read } = await more({ add: [await place.draw('blues', { navy: 12 })] })
    expect(read.flatMap((one) => one.read)).not.toContain('branch')
    await rollback({ model: bundle, revision })
  }
}, 60_000)

test('all classes are fine-tuned again together, with all their pictures', async () => {
  const { revision } = await manifestOf()
  const colours = await place.draw('colours', { red: 12, green: 12 })
  const tune = (add: string[], options: Partial<ExtendOptions> = {}) =>
    more({ add, rehearsal: old, fineTune: 1, epochs: 1, ...options })
  await expect(tune([colours])).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/those of "across" and "down" are not among them/),
  })
  await expect(tune([stripes], { freezeAdded: true })).rejects.toMatchObject({ remedy: { kind: 'unfreeze-once' } })
  // The branch that the bundle has is better than none.
  await expect(tune([stripes, colours])).rejects.toMatchObject({
    message: expect.stringMatching(/^The bundle was left as it is/),
    remedy: { kind: 'add-without-fine-tuning' },
  })
  await expect(tune([stripes])).rejects.toMatchObject({ code: 'CONFLICT', remedy: undefined })
  expect((await manifestOf()).revision).toBe(revision)
}, 60_000)

test('a folder may come again with other classes, and with nothing new it changes nothing', async () => {
  const { revision } = await manifestOf()
  const again = await drawStripes(place.path('again'), 40, ['across'])
  const added = await more({ add: [again, await place.draw('blues', { navy: 12 })] })
  expect(added).toMatchObject({ increment: { labels: ['navy'], images: 12 }, images: { duplicate: 40 } })
  await rollback({ model: bundle, revision })
  await expect(more({ add: [again] })).rejects.toThrow('has these pictures already; nothing was changed')
  const grown = await drawStripes(place.path('grown'), 41, ['across'])
  await expect(more({ add: [grown] })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/"across" was fine-tuned .* takes no more/),
  })
}, 60_000)

test('a branch that answers no better is dropped, and this is said', async () => {
  const add = [await place.draw('colours', { red: 12, green: 12 })]
  const out = place.path('dropped')
  const options = { add, rehearsal: old, out }
  const { fineTuning, warnings, layers } = await place.add({ ...options, fineTune: 1, minutes: 1e-4 })
  expect(fineTuning).toMatchObject({ taken: false, blocks: 1 })
  const sentences =
    /^Fine-tuning was dropped.* There was time to go through the images \d\.\d times, of 24; more may help, and training/
  expect(warnings).toEqual([expect.stringMatching(sentences)])
  expect(layers[0]!.read).not.toContain('branch')
  const tuned = readFileSync(join(out, modelFile))
  const notes: string[] = []
  const onProgress = (event: ProgressEvent) => event.type === 'info' && notes.push(event.message)
  await expect(more({ ...options, model: out, fineTune: 1, epochs: 1, onProgress })).rejects.toThrow('left as it is')
  expect(notes).toContainEqual(goesOn)
  rmSync(out, { recursive: true })
  await place.add(options)
  expect(await logitsOf(tuned)).toEqual(await logitsOf(join(out, modelFile)))
})

test('what cannot be fine-tuned is refused before anything is computed', async () => {
  const out = place.path('refused')
  const tune = (options: Partial<ExtendOptions>) =>
    place.add({ add: [stripes], rehearsal: old, fineTune: 'auto', out, ...options })
  await expect(tune({ rehearsal: 'none' })).rejects.toMatchObject({
    code: 'USAGE',
    remedy: { kind: 'give-old-images' },
  })
  await expect(tune({ fineTune: 0 })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(tune({ minutes: 0 })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(tune({ epochs: 0 })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(place.add({ add: [stripes], minutes: 3, out })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(tune({ fineTune: 99 })).rejects.toThrow('blocks deep, not 99')
  const oneOld = await place.draw('one', { any: 1 })
  const stages: string[] = []
  const onProgress = (event: ProgressEvent) => event.type === 'progress' && stages.push(event.stage)
  await expect(tune({ rehearsal: oneOld, onProgress })).rejects.toThrow('at least 20 different images of old classes')
  expect(stages.filter((stage) => stage !== 'load')).toEqual([])
  const few = await place.draw('few', { red: 4, green: 12 })
  await expect(tune({ add: [few] })).rejects.toThrow('at least 5 different images of each class')
})

test('an interruption once a branch is trained says that training is kept', async () => {
  const add = await drawStripes(place.path('interrupted'), 12, ['across', 'down'])
  const out = place.path('stopped')
  const interruptedAt = async (isThere: (event: ProgressEvent) => boolean) => {
    const abort = new AbortController()
    const onProgress = (event: ProgressEvent) => isThere(event) && abort.abort()
    const options = { add: [add], rehearsal: old, fineTune: 1, epochs: 1, out, onProgress, signal: abort.signal }
    const message = expect.stringMatching(/training is kept/)
    await expect(place.add(options)).rejects.toMatchObject({ code: 'ABORTED', message })
  }
  await interruptedAt((event) => event.type === 'progress' && event.stage === 'extract-branch')
  await interruptedAt((event) => event.type === 'progress' && event.stage === 'merge')
  expect(existsSync(out)).toBe(false)
  await interruptedAt((event) => event.type === 'info' && /goes on where it was kept/.test(event.message))
})

test('pictures that change while a branch is trained are refused, and nothing is written', async () => {
  const add = await drawStripes(place.path('changing'), 12, ['across', 'down'])
  const out = place.path('changed')
  let isGone = false
  const onProgress = (event: ProgressEvent) => {
    if (isGone || event.type !== 'progress' || event.stage !== 'extract-branch') return
    isGone = true
    rmSync(join(add, 'across', '3.png'))
  }
  const tuning = place.add({ add: [add], rehearsal: old, fineTune: 1, epochs: 1, out, onProgress })
  await expect(tuning).rejects.toThrow('Pictures were changed')
  expect(existsSync(out)).toBe(false)
})
