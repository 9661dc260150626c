import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import { modelFile } from '../../src/bundle/layout.js'
import { labelsOf } from '../../src/bundle/manifest.js'
import { shareOf } from '../../src/evaluation/metrics.js'
import { loadClassifier } from '../../src/workflow/classifier.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { contentsOf, withoutHistory } from '../end-to-end/workplace.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// Adding and taking out again, on a classifier of ten classes; a bundle of two colours is the start of every test.

let folder: string
let place: TinyPlace
let first: ExtendResult
let copies = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const add = [await place.draw('colours', { red: 8, green: 8 })]
  first = await place.add({ add, rehearsal: await place.draw('old', { any: 12 }) })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the bundle, and what can be done to it. */
function copy() {
  const bundle = place.path(`copy${++copies}`)
  cpSync(place.path('bundle'), bundle, { recursive: true })
  const options = { model: bundle, input: {}, out: bundle }
  return {
    bundle,
    add: (add: string, more: object = {}) => place.add({ ...options, add: [add], ...more }),
    remove: (name: string) => removeClasses({ model: bundle, name, device: 'cpu' }),
    model: () => readFileSync(join(bundle, modelFile)),
    manifest: async () => (await readBundle(bundle)).manifest,
    heads: async () => (await readBundle(bundle)).heads(),
    added: async () => labelsOf((await readBundle(bundle)).manifest).slice(10),
  }
}

const headsOfStart = async () => (await readBundle(place.path('bundle'))).heads()

describe('classes that are given by their files', () => {
  const files = (name: string, label: string, count: number) =>
    Array.from({ length: count }, (_, i) => place.path(name, label, `${i}.png`))

  test('make the very model that their folders make, whatever the labels are like', async () => {
    // As folders, each of these would be taken for a part of a data set or a camera's, or be passed over.
    const classes = [
      { label: 'train', files: files('colours', 'red', 8) },
      { label: '.test', files: files('colours', 'green', 8) },
    ]
    const { add, model, manifest, added } = copy()
    await add(await place.draw('more', { red: 3 }), { add: [], classes, name: 'mine' })
    expect(await added()).toMatchObject([{}, {}, { label: '.test', increment: 'mine' }, { label: 'train' }])
    const named = copy()
    await named.add('', {
      add: [],
      classes: classes.map((one, i) => ({ ...one, label: ['b', 'a'][i]! })),
      name: 'mine',
    })
    const folders = copy()
    cpSync(place.path('colours', 'red'), place.path('set', 'b'), { recursive: true })
    cpSync(place.path('colours', 'green'), place.path('set', 'a'), { recursive: true })
    await folders.add(place.path('set'), { name: 'mine' })
    expect(named.model().equals(folders.model())).toBe(true)
    expect((await manifest()).revision).toBe(2)
    expect(model().equals(named.model())).toBe(false)
  })

  test.each([
    ['a path', [{ label: '../up', files: ['a.png'] }]],
    ['a folder', [{ label: '..', files: ['a.png'] }]],
    ['another direction', [{ label: 'a\u202eb', files: ['a.png'] }]],
    ['no files', [{ label: 'a', files: [] }]],
    [
      'one label twice',
      [
        { label: 'caf\u00e9', files: ['a.png'] },
        { label: 'cafe\u0301', files: ['b.png'] },
      ],
    ],
  ])('are refused with %s', async (_, classes) => {
    await expect(place.add({ add: [], classes, out: place.path('none') })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

describe('the records of an extension', () => {
  test('are all held-out images, the added ones with their files, and give the figures', () => {
    const { records, heldOut } = first
    expect(records).toHaveLength(28)
    const added = records.filter(({ source }) => source === 'added')
    for (const { file, truth } of added) expect(basename(dirname(file!))).toBe(truth.label)
    expect(new Set(added.map(({ file }) => file)).size).toBe(16)
    for (const { file, source } of records) if (source === 'rehearsal') expect(file).toBeNull()
    expect(shareOf(added, ({ error }) => error === null)).toBe(heldOut.new.top1)
    expect(shareOf(added, ({ error }) => error === 'miss')).toBe(heldOut.miss)
  })

  test('of images from an earlier extension have no file; what grows, what is known already has the right one', async () => {
    const { add } = copy()
    const more = await place.draw('more', { green: 8, blue: 6 })
    cpSync(place.path('colours', 'green', '3.png'), join(more, 'green', '3.png'))
    const { records } = await add(more)
    const filesOf = (wanted: string) =>
      records.filter(({ truth }) => truth.label === wanted).flatMap(({ file }) => (file === null ? [] : [file]))
    const numbers = (wanted: string) =>
      filesOf(wanted)
        .map((file) => basename(file, '.png'))
        .sort()
    expect(filesOf('red')).toEqual([])
    for (const label of ['green', 'blue'])
      for (const file of filesOf(label)) expect(dirname(file)).toBe(join(more, label))
    expect(numbers('blue')).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(numbers('green')).toEqual(['0', '1', '2', '4', '5', '6', '7'])
    expect(records.filter(({ truth }) => truth.label === 'green')).toHaveLength(15)
  })
})

describe('the first extension', () => {
  test('tells what it did', () => {
    expect(first).toMatchObject({
      bundle: place.path('bundle'),
      classes: { base: 10, added: 2, total: 12 },
      grown: [],
      increment: { name: 'colours', labels: ['green', 'red'], images: 16 },
      images: { given: 16, used: 16, unreadable: 0, duplicate: 0, passedOver: 0 },
      heldOut: { old: { count: 12 }, new: { count: 16 } },
      preprocess: { width: 8, height: 8 },
    })
    expect(Object.keys(first.seconds)).toEqual(['model', 'rehearse', 'extract', 'train', 'write', 'total'])
  })

  test('gives a classifier that knows the new classes', async () => {
    const classifier = await loadClassifier({ model: place.path('bundle'), device: 'cpu' })
    try {
      expect(classifier.labels.slice(10)).toEqual([
        { index: 10, label: 'green', increment: 'colours' },
        { index: 11, label: 'red', increment: 'colours' },
      ])
      const answers: string[] = []
      for await (const result of classifier.classify([
        place.path('colours', 'green', '0.png'),
        place.path('colours', 'red', '0.png'),
      ])) {
        if ('predictions' in result) answers.push(result.predictions[0]!.label)
      }
      expect(answers).toEqual(['green', 'red'])
    } finally {
      await classifier.close()
    }
  })

  test('is the same whenever it is made: every byte of the model', async () => {
    const again = place.path('again')
    await place.add({ add: [place.path('colours')], rehearsal: place.path('old'), out: again })
    expect(withoutHistory(contentsOf(again))).toEqual(withoutHistory(contentsOf(place.path('bundle'))))
  })
})

describe('another increment', () => {
  test('comes behind the first, and goes again without a trace', async () => {
    const { add, remove, added, heads, manifest } = copy()
    const result = await add(await place.draw('sky', { blue: 6 }))
    expect(result).toMatchObject({ classes: { added: 3, total: 13 }, increment: { name: 'sky', labels: ['blue'] } })
    expect((await added()).map(({ label }) => label)).toEqual(['green', 'red', 'blue'])
    expect(await remove('sky')).toMatchObject({ removed: ['blue'], shrunk: [], classes: { added: 2, total: 12 } })
    expect(await heads()).toEqual(await headsOfStart())
    expect((await manifest()).revision).toBe(3)
  })

  test('leaves frozen heads as they are, bit for bit', async () => {
    const { add, heads } = copy()
    await add(await place.draw('sky', { blue: 6 }), { freezeAdded: true })
    expect((await heads())[0]).toEqual((await headsOfStart())[0])
  })

  test('under a name that is taken is refused, or gets a number that is told', async () => {
    const { add, manifest } = copy()
    const other = await place.draw('other/colours', { blue: 6 })
    await expect(add(other, { name: 'colours' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const { increment, warnings } = await add(other)
    expect(increment).toEqual({ name: 'colours-2', labels: ['blue'], images: 6 })
    expect(warnings).toContain('There is an increment "colours" already; this one is called "colours-2".')
    expect((await manifest()).increments.map(({ name }) => name)).toEqual(['colours', 'colours-2'])
  })
})

describe('a class that is there already', () => {
  test('grows in its column, and shrinks again when these pictures go', async () => {
    const { add, remove, added, heads } = copy()
    const before = await added()
    const result = await add(await place.draw('more', { red: 5 }))
    expect(result.grown).toEqual([expect.objectContaining({ label: 'red', before: 8, images: 13 })])
    expect(result.classes).toEqual(first.classes)
    expect(await added()).toEqual(before)
    expect(await remove('more')).toMatchObject({ removed: [], shrunk: ['red'], classes: { added: 2 } })
    expect(await heads()).toEqual(await headsOfStart())
  })

  test('counts the very same pictures once', async () => {
    const { add, heads } = copy()
    const result = await add(place.path('colours'))
    expect(result.increment).toMatchObject({ labels: [], images: 0 })
    expect(result.images).toEqual({ given: 16, used: 0, unreadable: 0, duplicate: 16, passedOver: 0 })
    expect(result.grown.map(({ before, images }) => [before, images])).toEqual([
      [8, 8],
      [8, 8],
    ])
    expect(await heads()).toEqual(await headsOfStart())
  })

  test('takes of a folder that is given every day what is new in it, and that alone goes again', async () => {
    const { add, remove, heads } = copy()
    await place.draw('day', { red: 3 })
    for (const name of ['6.png', '7.png']) cpSync(place.path('colours', 'red', name), place.path('day', 'red', name))
    expect((await add(place.path('day'))).images).toMatchObject({ given: 5, used: 3, duplicate: 2 })
    cpSync(place.path('day', 'red', '0.png'), place.path('day', 'red', 'copy.png'))
    await place.draw('next', { red: 5 })
    cpSync(place.path('next', 'red', '0.png'), place.path('day', 'red', 'new.png'))
    const second = await add(place.path('day'))
    expect(second.increment).toEqual({ name: 'day-2', labels: ['red'], images: 1 })
    expect(second.grown).toEqual([expect.objectContaining({ before: 11, images: 12 })])
    await remove('day')
    await remove('day-2')
    expect(await heads()).toEqual(await headsOfStart())
  })

  test('beside a new one tells copies, pictures that it had, and those of several classes apart', async () => {
    const { add } = copy()
    const several = await place.draw('several', { red: 3, blue: 4 })
    for (const name of ['6.png', '7.png']) cpSync(place.path('colours', 'red', name), join(several, 'red', name))
    cpSync(join(several, 'red', '0.png'), join(several, 'red', 'copy.png'))
    cpSync(join(several, 'red', '1.png'), join(several, 'blue', 'same.png'))
    const result = await add(several)
    expect(result.images).toEqual({ given: 11, used: 6, unreadable: 0, duplicate: 5, passedOver: 0 })
    expect(result).toMatchObject({ nearDuplicates: 0, known: 2, inSeveralClasses: 2 })
    expect(result.increment).toMatchObject({ labels: ['blue', 'red'], images: 6 })
  })

  test('of nothing but known images leaves every byte of the bundle, and its history, as they are', async () => {
    const { bundle, add } = copy()
    await add(await place.draw('more', { red: 5 }))
    const before = contentsOf(bundle)
    const { increment, revision } = await add(place.path('colours'))
    expect(increment).toMatchObject({ labels: [], images: 0 })
    expect(revision).toBe((await readBundle(bundle)).manifest.revision)
    expect(contentsOf(bundle)).toEqual(before)
  })

  test('with a picture that lies in another of its classes now goes by where it lies', async () => {
    const { add, added } = copy()
    const again = place.path('moved')
    cpSync(place.path('colours'), again, { recursive: true })
    renameSync(join(again, 'red', '0.png'), join(again, 'green', 'moved.png'))
    const { warnings, grown } = await add(again)
    expect(warnings).toEqual([expect.stringContaining('A picture of "red" lies in another class now')])
    expect(grown.map(({ label, images }) => [label, images])).toEqual([
      ['green', 9],
      ['red', 7],
    ])
    expect((await added()).map(({ label }) => label)).toEqual(['green', 'red'])
  })

  test('beside a new class is no reason to refuse what is frozen, if all of it is known', async () => {
    const { bundle, add, heads } = copy()
    const again = place.path('frozen again')
    cpSync(place.path('colours'), again, { recursive: true })
    const before = contentsOf(bundle)
    await expect(add(again, { freezeAdded: true })).rejects.toThrow('has these pictures already; nothing was changed')
    expect(contentsOf(bundle)).toEqual(before)
    cpSync(await place.draw('sky', { blue: 6 }), again, { recursive: true })
    const { increment } = await add(again, { freezeAdded: true })
    expect(increment).toMatchObject({ labels: ['blue'], images: 6 })
    expect((await heads())[0]).toEqual((await headsOfStart())[0])
  })

  test('is refused where its head is frozen or an overlap an error, and is made twice where that is asked for', async () => {
    const { bundle, add, added } = copy()
    const more = await place.draw('more', { red: 5 })
    const before = contentsOf(bundle)
    await expect(add(more, { freezeAdded: true })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(add(more, { overlap: 'error' })).rejects.toThrow('which was added earlier')
    expect(contentsOf(bundle)).toEqual(before)
    const apart = await add(more, { overlap: 'separate' })
    expect(apart).toMatchObject({ increment: { labels: ['red (more)'] }, grown: [] })
    expect(apart.warnings).toEqual(expect.arrayContaining([expect.stringContaining('compete for the same pictures')]))
    expect((await added()).map(({ label }) => label)).toEqual(['green', 'red', 'red (more)'])
  })

  test('an old class that two increments merge into is one column, which both train', async () => {
    const { add, added } = copy()
    const one = await add(await place.draw('one', { 'class 3': 5 }), { overlap: 'merge' })
    expect(one.classes).toEqual(first.classes)
    const two = await add(await place.draw('two', { 'class 3': 5 }), { overlap: 'merge' })
    expect(two.grown).toEqual([expect.objectContaining({ label: 'class 3', before: 5, images: 10 })])
    expect(await added()).toHaveLength(2)
    await expect(add(place.path('one'), { overlap: 'merge', freezeAdded: true })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })
})

test('a bundle that was moved needs neither model nor cache', async () => {
  const { add } = copy()
  const elsewhere = place.path('elsewhere')
  expect(await add(await place.draw('sky', { blue: 6 }), { cacheDir: elsewhere })).toMatchObject({
    classes: { total: 13 },
    heldOut: { old: { count: 12 } },
  })
  expect(readdirSync(elsewhere)).toEqual(['bottlenecks'])
})

test.each(['extract', 'train', 'verify'])('an abort at the step %s leaves the bundle as it was', async (stage) => {
  const { bundle, add } = copy()
  const before = contentsOf(bundle)
  const abort = new AbortController()
  const stopped = add(await place.draw(stage, { blue: 6 }), {
    signal: abort.signal,
    onProgress: (event: { readonly stage?: string }) => event.stage === stage && abort.abort(),
  })
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
  expect(contentsOf(bundle)).toEqual(before)
})

test('one class goes, the others keep their order; with the last one all heads go', async () => {
  const { remove, added, heads, bundle } = copy()
  await expect(remove('violet')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await remove('green')).toMatchObject({
    bundle,
    removed: ['green'],
    classes: { base: 10, added: 1, total: 11 },
  })
  expect(await added()).toEqual([{ index: 10, label: 'red', increment: 'colours' }])
  expect(await remove('red')).toMatchObject({ removed: ['red'], classes: { added: 0, total: 10 } })
  expect([await added(), await heads()]).toEqual([[], []])
})
