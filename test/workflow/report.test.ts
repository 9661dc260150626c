import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OnProgress } from '../../src/core/progress.js'
import { advise } from '../../src/workflow/advise.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The numbers of photographs and of dots on the map of a report. */
function shownOn(file: string): { photographs: number; dots: number } {
  const page = readFileSync(file, 'utf8')
  const [, captions] = /<script type="application\/json" id="captions">\s*([^<]*)<\/script>/.exec(page)!
  const [, map] = /<section id="map"[^]*?<svg([^]*?)<\/svg>/.exec(page)!
  return { photographs: (JSON.parse(captions!) as string[]).length, dots: map!.match(/<circle/g)!.length }
}

/** How many photographs are right, and of how many, in a figure at the top of a report. */
function figuresOn(file: string, of: string): number[] {
  const [, right, count] = new RegExp(`${of}<strong>[^]*?right: (\\d+) of (\\d+)`).exec(readFileSync(file, 'utf8'))!
  return [Number(right), Number(count)]
}

test('an extension reports on its images, which are on the map with the old ones, and writes the same bundle', async () => {
  const add = [await place.draw('colours', { red: 8, green: 8 })]
  const old = await place.draw('old', { 'class 0': 3, 'class 3': 4 })
  const file = place.path('report.html')
  const reported = await place.add({ add, rehearsal: old, out: place.path('reported'), report: { file } })
  const { records, regularisation, ...plain } = await place.add({ add, rehearsal: old, out: place.path('plain') })
  for (const name of ['model.onnx', 'bundle.json'])
    expect(readFileSync(place.path('reported', name)).equals(readFileSync(place.path('plain', name)))).toBe(true)
  expect(reported.heldOut).toEqual(plain.heldOut)
  expect(shownOn(file)).toEqual({ photographs: 16, dots: 16 + 7 })
  expect(records.filter((record) => record.file !== null)).toHaveLength(16)

  const { taken, tried } = regularisation
  expect(tried.length).toBeGreaterThan(1)
  const [best] = [...tried].sort((a, b) => a.loss - b.loss)
  expect(taken).toBe(best!.regularisation)
})

test('what was added before is on the map without a picture, and counts as in the figures: as old where frozen', async () => {
  const rehearsal = await place.draw('old', { 'class 0': 3, 'class 3': 4 })
  const out = place.path('twice')
  await place.add({ add: [await place.draw('first', { red: 8, green: 6 })], rehearsal, out })
  for (const freezeAdded of [false, true]) {
    const pictures = freezeAdded ? { blue: 12 } : { blue: 7, red: 5 }
    const second = { model: out, input: {}, add: [await place.draw(`second-${freezeAdded}`, pictures)] }
    const file = place.path(`second-${freezeAdded}.html`)
    const bundle = place.path(`extended-${freezeAdded}`)
    const { records, heldOut } = await place.add({ ...second, freezeAdded, out: bundle, report: { file } })
    expect(shownOn(file)).toEqual({ photographs: 12, dots: 12 + 14 + 7 })
    const {
      old,
      new: { top1, count },
    } = heldOut
    expect([old!.count, count]).toEqual(freezeAdded ? [7 + 14, 12] : [7, 14 + 12])
    const right = Math.round(top1! * count)
    expect(figuresOn(file, 'Old classes')).toEqual([Math.round(old!.top1After * old!.count), old!.count])
    expect(figuresOn(file, 'New classes')).toEqual([right, count])
    const before = `${freezeAdded ? 'The earlier classifier' : 'The base model'} by itself: `
    expect(readFileSync(file, 'utf8')).toContain(
      `${before}${Math.round(old!.top1Before * old!.count)} of ${old!.count},`,
    )
    expect(records.filter(({ error }) => error === 'miss' || error === 'among-new')).toHaveLength(count - right)
    // Dots have the colours of their classes, in the order of columns.
    const [map] = /<section id="map"[^]*?<\/svg>/.exec(readFileSync(file, 'utf8'))!
    const dotsOf = (colour: string) => map.match(new RegExp(`<circle[^>]*fill="var\\(--${colour}\\)"`, 'g'))!.length
    const added = records.filter(({ truth }) => truth.increment !== 'base').map(({ truth }) => truth)
    const columns = [...new Set(added.map(({ index }) => index))].sort((a, b) => a - b)
    columns.forEach((column, i) => expect(dotsOf(`c${i}`)).toBe(added.filter(({ index }) => index === column).length))
    expect(columns).toHaveLength(3)
  }
})

test('an evaluation reports on all that can be read, and gives the same figures as without', async () => {
  const model = place.path('plain')
  const test = await place.draw('test', { red: 6, green: 5, 'class 0': 4 })
  const file = place.path('evaluation.html')
  const options = { model, folder: test, device: 'cpu' } as const
  const reported = await evaluate({ ...options, report: { file, command: 'typed <this>' } })
  expect(reported).toEqual(await evaluate(options))
  expect(shownOn(file)).toEqual({ photographs: 15, dots: 15 })
  expect(readFileSync(file, 'utf8')).toContain('<code>typed &lt;this&gt;</code>')
  expect(readFileSync(file, 'utf8')).toContain('15 photographs of 3 classes were shown')
})

test('a report of a base model has no added classes', async () => {
  const test = await place.draw('base', { 'class 0': 7, 'class 3': 6 })
  const file = place.path('base.html')
  const { model, cacheDir } = place
  await evaluate({ model, folder: test, device: 'cpu', cacheDir, input, report: { file } })
  expect(shownOn(file)).toEqual({ photographs: 13, dots: 13 })
})

test('a folder in the place of the report is refused before anything is done', async () => {
  mkdirSync(place.path('folder'))
  const before = readdirSync(folder).sort()
  const report = { file: place.path('folder') }
  const refused = { code: 'BAD_INPUT', message: expect.stringContaining('is a folder, and the report a file') }
  await expect(evaluate({ model: place.path('plain'), folder: 'nowhere', report })).rejects.toMatchObject(refused)
  await expect(place.add({ add: ['nowhere'], report })).rejects.toMatchObject(refused)
  expect(readdirSync(folder).sort()).toEqual(before)
})

test('a report or event files that cannot be written cost neither the bundle nor its figures nor the other', async () => {
  const add = [await place.draw('again', { red: 8, green: 8 })]
  const rehearsal = 'none'
  const plain = await place.add({ add, rehearsal, out: place.path('without') })
  expect(plain.unwritten).toEqual([])

  const out = place.path('unreported')
  const codes: string[] = []
  const onProgress: OnProgress = (event) => event.type === 'warning' && codes.push(event.code)
  // The place of the report becomes a folder once it was checked.
  const blocked = place.path('blocked.html')
  const block: OnProgress = (event) => {
    if (event.type === 'progress' && event.stage === 'train') mkdirSync(join(blocked, 'in it'), { recursive: true })
    onProgress(event)
  }
  const tensorboard = place.path('logs')
  const unreported = await place.add({
    add,
    rehearsal,
    out,
    tensorboard,
    report: { file: blocked },
    onProgress: block,
  })
  expect(unreported.heldOut).toEqual(plain.heldOut)
  expect(unreported.unwritten).toEqual(['report'])
  expect(codes.filter((code) => code === 'REPORT_FAILED')).toHaveLength(1)
  expect(unreported.warnings.at(-1)).toMatch(/^The bundle .*unreported is written, but its report failed: Cannot write/)
  expect(readdirSync(out)).toContain('model.onnx')
  expect(readdirSync(tensorboard)).toHaveLength(1)

  const file = place.path('logless.html')
  const logs = place.path('logs-become-a-file')
  const unlogged = await place.add({
    add,
    rehearsal,
    out: place.path('unlogged'),
    tensorboard: logs,
    report: { file },
    onProgress: (event) => {
      if (event.type === 'progress' && event.stage === 'train') writeFileSync(logs, '')
    },
  })
  expect(unlogged.heldOut).toEqual(plain.heldOut)
  expect(unlogged.unwritten).toEqual(['tensorboard'])
  expect(unlogged.warnings.at(-1)).toMatch(/is written, but its event files failed: Cannot write to .*logs-become/)
  expect(shownOn(file).photographs).toBe(16)
})

test('an interruption after the bundle is an error, which says that there is one', async () => {
  const add = [await place.draw('stopped', { red: 8, green: 8 })]
  const stop = new AbortController()
  const out = place.path('interrupted')
  const interrupted = place.add({
    add,
    rehearsal: 'none',
    out,
    report: { file: place.path('interrupted.html') },
    signal: stop.signal,
    onProgress: (event) => {
      if (event.type === 'progress' && event.stage === 'report') stop.abort()
    },
  })
  await expect(interrupted).rejects.toMatchObject({
    code: 'ABORTED',
    message: expect.stringMatching(/^The bundle .*interrupted is written, but its report was interrupted\.$/),
  })
  expect(readdirSync(out)).toContain('model.onnx')
})

test('advice reports on what it found, and is the same as without', async () => {
  const set = await place.draw('advised', { red: 10, green: 10 })
  renameSync(place.path('advised', 'red', '3.png'), place.path('advised', 'green', 'moved.png'))
  copyFileSync(place.path('advised', 'green', '2.png'), place.path('advised', 'green', 'copy.png'))
  const test = await place.draw('met', { red: 4, green: 4 })
  const file = place.path('advice.html')
  const { model, cacheDir } = place
  const options = { model, folder: set, test, device: 'cpu', cacheDir, input } as const
  const report = { file, command: 'typed <this>', sentence: () => 'said <by the caller>' }
  const { seconds, ...reported } = await advise({ ...options, report })
  const { seconds: _, ...plain } = await advise(options)
  expect(reported).toEqual(plain)
  expect(seconds.report).toBeGreaterThan(0)
  const page = readFileSync(file, 'utf8')
  expect(page.match(/said &lt;by the caller&gt;\s/g)).toHaveLength(plain.advice.length)
  expect(page).toContain('<code>typed &lt;this&gt;</code>')
  expect(page).toContain('green/moved.png, looks rather like red')
  expect(page).toMatch(/<section id="test"/)
  await expect(advise({ ...options, report: { file: folder } })).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
