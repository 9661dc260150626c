import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ProgressEvent } from '../../src/core/progress.js'
import { diffBundles, type DiffOptions } from '../../src/workflow/diff.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { rollback } from '../../src/workflow/rollback.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A bundle of four revisions: red and green; blue; red is called crimson; green gone. And a copy of it after the first.

let folder: string
let place: TinyPlace
let bundle: string
let first: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  bundle = place.path('bundle')
  first = place.path('first')
  const rehearsal = await place.draw('old', { any: 12 })
  await place.add({ add: [await place.draw('colours', { red: 6, green: 6 })], rehearsal })
  cpSync(bundle, first, { recursive: true })
  await place.add({ model: bundle, input: {}, add: [await place.draw('sky', { blue: 5 })] })
  await renameClass({ model: bundle, name: 'red', to: 'crimson' })
  await removeClasses({ model: bundle, name: 'green', device: 'cpu' })
  await place.draw('test', { unheard: 3 })
  for (const [from, label] of [
    ['colours', 'red'],
    ['colours', 'green'],
    ['sky', 'blue'],
  ] as const) {
    mkdirSync(place.path('test', label))
    for (let i = 0; i < 4; i++) cpSync(place.path(from, label, `${i}.png`), place.path('test', label, `${i}.png`))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const diff = (before: number | string, after: number | string, more: Partial<DiffOptions> = {}) => {
  const state = (side: number | string) =>
    typeof side === 'string' ? { model: side } : { model: bundle, revision: side }
  return diffBundles({ before: state(before), after: state(after), device: 'cpu', ...more })
}

describe('without images', () => {
  test('classes and held-out figures of two revisions', async () => {
    const { before, after, changes, perClass, answers } = await diff(1, 4)
    expect(answers).toBeNull()
    expect(before).toMatchObject({ bundle, revision: 1, classes: { base: 10, added: 2, total: 12 } })
    expect(after).toMatchObject({ bundle, revision: 4, classes: { base: 10, added: 2, total: 12 } })
    expect(before.heldOut).toMatchObject({ new: { count: 12 } })
    expect(changes).toEqual({
      added: [{ label: 'blue', images: 5 }],
      removed: [{ label: 'green', images: 6 }],
      grown: [],
      shrunk: [],
      renamed: [{ from: 'red', to: 'crimson' }],
      increments: { added: ['sky'], removed: [], renamed: [] },
    })
    expect(perClass).toEqual([
      {
        label: 'crimson',
        before: { count: 6, top1: expect.any(Number) },
        after: { count: 6, top1: expect.any(Number) },
      },
    ])
  })

  test('two bundles; a bundle and itself have nothing that differs', async () => {
    expect((await diff(first, 2)).changes).toMatchObject({ added: [{ label: 'blue', images: 5 }], removed: [] })
    const { changes, perClass } = await diff(bundle, 4)
    expect(Object.values({ ...changes, ...changes.increments, increments: [] }).flat()).toEqual([])
    for (const { before, after } of perClass) expect(after).toEqual(before)
  })

  test.each<[{ before?: object; after?: object; report?: { file: string } }, string, string]>([
    [{ before: { model: 'nowhere' } }, 'NOT_FOUND', 'nowhere'],
    [{ after: { revision: 9 } }, 'NOT_FOUND', 'does not keep a revision 9'],
    [{ report: { file: 'x.html' } }, 'USAGE', 'give the folder'],
  ])('%j is refused', async (options, code, message) => {
    const both = { before: { model: bundle, ...options.before }, after: { model: bundle, ...options.after } }
    await expect(diffBundles({ ...options, ...both })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })
})

describe('with images', () => {
  test('answers are those that evaluate gives for either, and every image is counted once', async () => {
    const test = place.path('test')
    const { answers } = await diff(1, 4, { folder: test })
    const { count, changed, both, beforeOnly, afterOnly } = answers!
    expect(count).toBe(15)
    const found = async (model: string) =>
      (await evaluate({ model, folder: test, device: 'cpu', skipUnknown: true })).records
    const old = await found(first)
    const now = await found(bundle)
    const share = (records: typeof old, ...labels: string[]) => {
      const some = records.filter(({ truth }) => labels.includes(truth.label))
      return some.filter(({ error }) => error === null).length / some.length
    }
    expect(both).toMatchObject({ count: 4, before: share(old, 'red'), after: share(now, 'crimson') })
    expect(beforeOnly).toEqual({ count: 4, top1: share(old, 'green') })
    expect(afterOnly).toEqual({ count: 4, top1: share(now, 'blue') })
    for (const { file, before, after } of Object.values(changed).flat()) {
      expect(before.label).not.toBe(after.label)
      const one = old.find((record) => record.file === file)
      const other = now.find((record) => record.file === file)
      if (one) expect(one.answers[0]).toMatchObject({ label: before.label, probability: before.probability })
      if (other) expect(other.answers[0]).toMatchObject({ label: after.label, probability: after.probability })
    }
    // Green is not there any more, blue was not.
    expect(changed.other.filter(({ folder: name }) => name === 'green')).toHaveLength(4)
  })

  test('the same revision gives the same answers, also where it was rolled back to', async () => {
    const model = place.path('back')
    cpSync(bundle, model, { recursive: true })
    await rollback({ model, revision: 1 })
    const { answers } = await diff(first, model, { folder: place.path('test') })
    expect(answers!.changed).toEqual({ better: [], worse: [], other: [] })
    const renamed = await diff(2, 3, { folder: place.path('test') })
    expect(renamed.answers!.changed).toEqual({ better: [], worse: [], other: [] })
    expect(renamed.answers!.both).toMatchObject({ count: 12, pValue: 1 })
  })

  test('what cannot be read is named and left out, and progress counts all', async () => {
    const test = place.path('damaged')
    cpSync(place.path('test'), test, { recursive: true })
    const broken = join(test, 'red', '9.png')
    writeFileSync(broken, readFileSync(join(test, 'red', '0.png')).subarray(0, 60))
    const events: ProgressEvent[] = []
    const { answers } = await diff(1, 2, { folder: test, onProgress: (event) => void events.push(event) })
    expect(answers!.count).toBe(15)
    expect(answers!.unreadable).toEqual([{ file: broken, reason: expect.stringContaining('9.png') }])
    const steps = events.filter((event) => event.type === 'progress' && event.stage === 'evaluate')
    expect(steps).toHaveLength(32)
    expect(steps.at(-1)).toMatchObject({ done: 32, total: 32 })
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1)
  })

  test('pictures without classes are compared as well', async () => {
    mkdirSync(place.path('some'))
    cpSync(place.path('test', 'blue'), place.path('some'), { recursive: true })
    const { answers } = await diff(1, 2, { folder: place.path('some') })
    expect(answers).toMatchObject({ count: 4, both: null, beforeOnly: null, afterOnly: null })
    expect(answers!.changed.better).toEqual([])
  })

  test('a report has the photographs that got another answer', async () => {
    const file = place.path('diff.html')
    const { answers } = await diff(1, 4, { folder: place.path('test'), report: { file, command: 'extend diff 1 4' } })
    const page = readFileSync(file, 'utf8')
    const { better, worse, other } = answers!.changed
    const captions = JSON.parse(/id="captions">\s*(\[.*?\])\s*<\/script>/s.exec(page)![1]!) as string[]
    expect(captions).toHaveLength(better.length + worse.length + other.length)
    expect(page).toContain('extend diff 1 4')
  })

  test('a report that cannot be written costs no answer, and a warning says why', async () => {
    const file = place.path('late.html')
    const onProgress = (event: ProgressEvent) => {
      // The place of the report becomes a folder once it was checked.
      if (event.type === 'progress' && event.stage === 'evaluate') mkdirSync(join(file, 'in it'), { recursive: true })
    }
    const options = { folder: place.path('test') }
    const plain = await diff(1, 4, options)
    const { unwritten, ...found } = await diff(1, 4, { ...options, report: { file }, onProgress })
    expect(unwritten).toEqual(['report'])
    const why = expect.stringMatching(/^The answers are compared, but the report failed: Cannot write /)
    expect(found).toEqual({ ...plain, answers: { ...plain.answers, warnings: [...plain.answers!.warnings, why] } })
  })
})
