import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openClassifier } from '../../../src/classifier/open-classifier.js'
import type { ProgressEvent } from '../../../src/core/progress.js'
import { scoreImages } from '../../../src/evaluation/score-images.js'
import { createMetrics } from '../../../src/server/metrics/metrics.js'
import { openModels } from '../../../src/server/models/open-models.js'
import type { Lease, ServedModels } from '../../../src/server/models/served-models.js'
import { settingsOf, type ServeOptions } from '../../../src/server/options.js'
import { rollback } from '../../../src/workflow/rollback.js'
import { tinyPlace, type TinyPlace } from '../../training/tiny-extension.js'

// A bundle of two revisions: red and green, then blue as well.

let folder: string
let place: TinyPlace
let picture: string
let copies = 0
let models: ServedModels | undefined
const events: ProgressEvent[] = []
const { signal } = new AbortController()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const colours = await place.draw('colours', { red: 6, green: 6 })
  const sky = await place.draw('sky', { blue: 5 })
  await place.add({ add: [colours], rehearsal: 'none' })
  cpSync(place.path('bundle'), place.path('first'), { recursive: true })
  await place.add({ model: place.path('bundle'), input: {}, add: [sky] })
  picture = place.path('sky', 'blue', '1.png')
})

afterEach(async () => {
  await models?.[Symbol.asyncDispose]()
  models = undefined
  events.length = 0
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the bundle at its second revision, or its first. */
function copy(of: 'bundle' | 'first' = 'bundle'): string {
  const bundle = place.path(`copy${++copies}`)
  cpSync(place.path(of), bundle, { recursive: true })
  return bundle
}

async function open(...served: ServeOptions['models'][number][]): Promise<ServedModels> {
  const onProgress = (event: ProgressEvent) => void events.push(event)
  const settings = settingsOf({ models: served, device: 'cpu', cacheDir: place.cacheDir, onProgress })
  return (models = await openModels(settings, createMetrics()))
}

/** What a revision answers to the picture, and that it fits its labels. */
async function answer(lease: Lease) {
  const { logits, probabilities, features } = await lease.score(readFileSync(picture), { signal })
  const { labels } = lease.classifier
  expect(logits).toHaveLength(labels.length)
  expect(probabilities).toHaveLength(labels.length)
  expect(features).toHaveLength(lease.classifier.manifest!.backbone.dim)
  return { label: labels[probabilities.indexOf(Math.max(...probabilities))]!.label, logits }
}

const warnings = () => events.filter(({ type }) => type === 'warning')

describe('openModels', () => {
  test('answers as prediction from files does', async () => {
    const bundle = copy()
    using lease = (await open({ model: bundle })).lease()
    const { label, logits } = await answer(lease)
    expect(label).toBe('blue')
    await using session = await openClassifier({ model: bundle, device: 'cpu' }).then(async (classifier) => {
      for await (const result of scoreImages(classifier, [picture], undefined)) {
        expect(result).toMatchObject({ logits })
      }
      return classifier.session
    })
    void session
  })

  test('a bundle that is replaced is taken over, and earlier leases keep theirs until they end', async () => {
    const bundle = copy()
    const served = await open({ model: bundle })
    const before = served.lease()
    await rollback({ model: bundle, revision: 1 })
    await served.refresh()
    using after = served.lease()
    expect([before.revision, after.revision]).toEqual([2, 3])
    expect((await answer(before)).label).toBe('blue')
    expect((await answer(after)).label).not.toBe('blue')
    before[Symbol.dispose]()
    before[Symbol.dispose]()
    // A closed session takes nothing more.
    await expect(before.score(readFileSync(picture), { signal })).rejects.toMatchObject({ type: 'internal' })
    expect((await answer(after)).logits).toHaveLength(12)
    expect(events.filter(({ type }) => type === 'info')).toHaveLength(1)
  })

  test('a bundle that cannot be opened is reported once; the old one answers until it is mended', async () => {
    const bundle = copy('first')
    const served = await open({ model: bundle })
    renameSync(bundle, `${bundle}-away`)
    cpSync(place.path('bundle'), bundle, { recursive: true })
    truncateSync(join(bundle, 'model.onnx'), 5000)
    for (let i = 0; i < 3; i++) await served.refresh()
    rmSync(join(bundle, 'model.onnx'))
    await served.refresh(basename(bundle))
    expect(warnings()).toHaveLength(2)
    expect(JSON.stringify(warnings()[0])).toMatch(/BUNDLE_NOT_TAKEN.*model\.onnx/)
    expect(served.isReady).toBe(true)
    using old = served.lease()
    expect(old.revision).toBe(1)
    expect((await answer(old)).label).not.toBe('blue')

    cpSync(join(place.path('bundle'), 'model.onnx'), join(bundle, 'model.onnx'))
    await served.refresh()
    using mended = served.lease()
    expect((await answer(mended)).label).toBe('blue')
  })

  test.each(['bundle.json', 'model.onnx'])('a pipe that stands for %s is not waited for', async (file) => {
    const [piped, other] = [copy('first'), copy('first')]
    const served = await open({ name: 'piped', model: piped }, { name: 'other', model: other })
    // The look at the start may be reading the file.
    await served.refresh()
    rmSync(join(piped, file))
    execFileSync('mkfifo', [join(piped, file)])
    cpSync(place.path('bundle'), other, { recursive: true })
    await served.refresh()
    expect(JSON.stringify(warnings())).toMatch(`${file} is a pipe and no file`)
    using taken = served.lease('other')
    expect(taken.revision).toBe(2)
  })

  test('while a bundle is replaced again and again no request is lost, and every answer is of one revision', async () => {
    const bundle = copy()
    const served = await open({ model: bundle })
    let isOver = false
    const revisions = new Set<number>()
    const client = async () => {
      while (!isOver) {
        using lease = served.lease()
        const { label, logits } = await answer(lease)
        // The second revision and every other one after it know blue.
        const knowsBlue = lease.revision % 2 === 0
        expect([label === 'blue', logits.length]).toEqual([knowsBlue, knowsBlue ? 13 : 12])
        revisions.add(lease.revision)
      }
    }
    const clients = Array.from({ length: 12 }, client)
    for (let i = 0; i < 5; i++) {
      await rollback({ model: bundle })
      await served.refresh()
      using lease = served.lease()
      await answer(lease)
      expect(lease.revision).toBe(3 + i)
    }
    isOver = true
    await Promise.all(clients)
    expect(revisions.size).toBeGreaterThan(2)
    expect(warnings()).toEqual([])
  })

  test('a session that has failed is opened anew', async () => {
    const served = await open({ model: copy() })
    using lease = served.lease()
    await lease.classifier.session.close()
    await expect(answer(lease)).rejects.toMatchObject({ type: 'internal' })
    expect(served.isReady).toBe(false)
    await served.refresh()
    expect(served.isReady).toBe(true)
    using anew = served.lease()
    expect((await answer(anew)).label).toBe('blue')
  })

  test('several models answer by their names, the first where none is named', async () => {
    const [one, two] = [copy('first'), copy()]
    const served = await open({ model: one }, { name: 'two', model: two })
    expect(served.names).toEqual([expect.stringMatching(/^copy\d+$/), 'two'])
    using first = served.lease()
    using second = served.lease('two')
    expect([first.classifier.labels.length, second.classifier.labels.length]).toEqual([12, 13])
    expect(() => served.lease('three')).toThrow(/^No model of this name is served; there is: copy\d+, two\.$/)
  })

  test('a base model gives way to a bundle where one is made of it', async () => {
    const out = place.path('out')
    const served = await open({ name: 'tiny', model: place.path('tiny.onnx'), out })
    const base = served.lease()
    expect([base.model, base.revision]).toEqual([place.path('tiny.onnx'), 0])
    base[Symbol.dispose]()
    cpSync(place.path('bundle'), out, { recursive: true })
    await served.refresh()
    using taught = served.lease()
    expect([taught.model, taught.revision]).toEqual([out, 2])
  })

  test('names that are taken or cannot stand in an address are refused', async () => {
    const model = place.path('bundle')
    await expect(open({ model }, { model })).rejects.toThrow('Two models are called "bundle"')
    await expect(open({ name: 'a/b', model })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(open({ model: place.path('nothing') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('after its end nothing is ready', async () => {
    const served = await open({ model: place.path('bundle') })
    await served[Symbol.asyncDispose]()
    expect(served.isReady).toBe(false)
    await served.refresh()
  })
})
