import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { recordFileOf } from '../../src/answers/run-record.js'
import { throwIfAborted } from '../../src/core/errors.js'
import {
  extendModel,
  loadClassifier,
  writeAnswers,
  type AnswersOptions,
  type ImageResult,
  type ProgressEvent,
} from '../../src/index.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let place: TinyPlace
let photos: string
const out = () => place.path('answers.jsonl')

beforeAll(async () => {
  place = tinyPlace(mkdtempSync(join(tmpdir(), 'nplusk-')))
  const added = await place.draw('added', { red: 6, blue: 6 })
  await place.add({ add: [added], augment: 0 })
  photos = await place.draw('photos', { a: 20, b: 20, c: 9 })
  writeFileSync(join(photos, 'b', '3-bad.png'), 'no picture')
})
afterEach(() => {
  rmSync(out(), { force: true })
  rmSync(recordFileOf(out()), { force: true })
})
afterAll(() => rmSync(place.path(), { recursive: true }))

const write = (options: Partial<AnswersOptions> = {}) =>
  writeAnswers({
    model: place.path('bundle'),
    device: 'cpu',
    cacheDir: place.cacheDir,
    images: [photos],
    out: out(),
    ...options,
  })
const text = () => readFileSync(out(), 'utf8')
const answers = () =>
  text()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ImageResult)

async function classified(options: { top?: number; reject?: number }): Promise<ImageResult[]> {
  const classifier = await loadClassifier({ model: place.path('bundle'), device: 'cpu', cacheDir: place.cacheDir })
  const files = answers().map(({ file }) => file)
  const results: ImageResult[] = []
  for await (const result of classifier.classify(files, options)) results.push(result)
  await classifier.close()
  return results
}

test('the lines are what the classifier answers, in the order of the list', async () => {
  const counts: (number | undefined)[][] = []
  const result = await write({ top: 3, reject: 0.1, onAnswered: (done, total) => counts.push([done, total]) })
  expect(result).toMatchObject({ file: out(), images: 50, unreadable: 1, resumed: 0, passedOver: [] })
  expect(counts).toEqual(Array.from({ length: 51 }, (_, i) => [i, 50]))
  expect(answers()).toEqual(await classified({ top: 3, reject: 0.1 }))
  expect(answers()[0]!.file).toBe(join(photos, 'a', '0.png'))
})

test('a file that is there is not written over', async () => {
  writeFileSync(out(), 'what somebody wrote\n')
  await expect(write()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `${out()} is there already.`,
    remedy: { kind: 'resume-or-choose-another' },
  })
  await expect(write({ resume: true })).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(text()).toBe('what somebody wrote\n')
  expect(existsSync(recordFileOf(out()))).toBe(false)
})

test.each(['answers.csv', 'answers'])('%s is no name for answers', async (name) => {
  await expect(write({ out: place.path(name) })).rejects.toMatchObject({ code: 'USAGE' })
})

describe('going on', () => {
  test('from any byte, the file becomes what an undisturbed call writes', async () => {
    await write()
    const whole = readFileSync(out())
    const places = [0, 1, whole.length - 1, whole.length, ...Array.from({ length: 6 }, (_, i) => (i + 1) * 1531)]
    for (const length of places) {
      truncateSync(out(), 0)
      writeFileSync(out(), whole.subarray(0, length))
      const lines = whole.subarray(0, length).toString().split('\n').length - 1
      expect(await write({ resume: true })).toMatchObject({ images: 50, unreadable: 1, resumed: lines })
      expect(readFileSync(out()).equals(whole)).toBe(true)
    }
  })

  test('says which lines it cuts off and which an editor has changed, and how far it has looked', async () => {
    await write()
    const whole = text()
    const lines = whole.split('\n').slice(0, -1)
    const resumed = async (content: string) => {
      writeFileSync(out(), content)
      const events: ProgressEvent[] = []
      const { resumed } = await write({ resume: true, onProgress: (event) => events.push(event) })
      const told = events.filter(({ type }) => type !== 'progress')
      const looks = events.flatMap((event) => (event.type === 'progress' && event.stage === 'resume' ? [event] : []))
      expect(looks.at(-1)).toMatchObject({ done: Buffer.byteLength(content), total: Buffer.byteLength(content) })
      return [resumed, ...told.map((event) => [event.type, 'message' in event ? event.message : ''])]
    }
    const warning = (message: string) => ['warning', message]
    expect(await resumed(whole)).toEqual([50])
    expect(await resumed(whole.slice(0, -3))).toEqual([
      49,
      ['info', `The last line of ${out()} was torn, and its picture is answered again.`],
    ])
    expect(await resumed(`${lines.with(4, 'hello').join('\n')}\n`)).toEqual([
      4,
      warning(
        `Line 5 of ${out()} is no answer to a picture, as after a power failure or an edit: it and 45 behind it were cut off, and are answered again.`,
      ),
    ])
    expect(text()).toBe(whole)
    expect(await resumed(lines.map((line) => `${line}\r\n`).join(''))).toEqual([
      50,
      warning(`An editor has put a carriage return at the end of 50 lines of ${out()}; it is left there.`),
    ])
  })

  test('after an abort too, whose answers are kept', async () => {
    await write({ out: place.path('whole.jsonl') })
    const controller = new AbortController()
    const stopped = write({
      signal: controller.signal,
      onAnswered: (done) => {
        if (done === 17) controller.abort()
      },
    })
    const count = () => answers().length
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', remedy: { kind: 'resume' } })
    expect(count()).toBeGreaterThanOrEqual(17)
    expect(count()).toBeLessThan(50)
    const before = count()
    expect(await write({ resume: true })).toMatchObject({ images: 50, resumed: before })
    expect(text()).toBe(readFileSync(place.path('whole.jsonl'), 'utf8'))
  })

  test('ends at once where it is interrupted before it is there, and says how many answers there are', async () => {
    await write()
    const controller = new AbortController()
    const looks: ProgressEvent[] = []
    const stopped = write({
      resume: true,
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type !== 'progress' || event.stage !== 'resume') return
        looks.push(event)
        controller.abort()
      },
    })
    const message = `Interrupted; 50 answers are in ${out()}.`
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', message, remedy: { kind: 'resume' } })
    expect(looks).toHaveLength(1)
  })

  test('with a list that throws when it is interrupted, all earlier answers are counted', async () => {
    await write()
    const controller = new AbortController()
    async function* paths() {
      yield join(photos, 'a')
      controller.abort()
      throwIfAborted(controller.signal)
    }
    await expect(write({ images: paths(), resume: true, signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      message: `Interrupted; 50 answers are in ${out()}.`,
    })
  })

  test('closes a list that it refuses', async () => {
    await write()
    let isClosed = false
    async function* paths() {
      try {
        yield join(photos, 'c')
        yield join(photos, 'a')
      } finally {
        isClosed = true
      }
    }
    await expect(write({ images: paths(), resume: true })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(isClosed).toBe(true)
  })

  test('with a list that has grown behind what is answered', async () => {
    await write({ images: [join(photos, 'a')] })
    expect(await write({ images: [join(photos, 'a'), join(photos, 'c')], resume: true })).toMatchObject({
      images: 29,
      resumed: 20,
    })
  })

  test('is refused for another list, another model and other options, and changes nothing', async () => {
    await write({ images: [join(photos, 'a'), join(photos, 'c')] })
    const before = text()
    const again = (options: Partial<AnswersOptions>) => write({ resume: true, ...options })
    await expect(again({ images: [join(photos, 'a')] })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(again({ images: [join(photos, 'c')] })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(again({ top: 1 })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(again({ shard: { index: 1, count: 2 } })).rejects.toMatchObject({ code: 'CONFLICT' })
    // The same bundle elsewhere is the same model.
    const copy = place.path('copy')
    cpSync(place.path('bundle'), copy, { recursive: true })
    const images = [join(photos, 'a'), join(photos, 'c')]
    expect(await again({ model: copy, images })).toMatchObject({ images: 29, resumed: 29 })
    const more = await place.draw('more', { green: 6 })
    await extendModel({ model: copy, add: [more], augment: 0, device: 'cpu', cacheDir: place.cacheDir, out: copy })
    await expect(again({ model: copy, images })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('begun with revision 1 of a bundle, and this run has revision 2'),
    })
    expect(text()).toBe(before)
  })
})

test('the shards of a list are its answers, each once', async () => {
  await write()
  const parts = []
  for (const index of [1, 2, 3]) {
    const part = place.path(`${index}.jsonl`)
    await write({ out: part, shard: { index, count: 3 } })
    parts.push(...readFileSync(part, 'utf8').split('\n').slice(0, -1))
  }
  expect(parts.sort()).toEqual(text().split('\n').slice(0, -1).sort())
})

test('of paths that come one by one, nobody knows the number', async () => {
  async function* paths() {
    yield join(photos, 'a', '1.png')
    yield join(photos, 'c')
  }
  const totals = new Set<number | undefined>()
  expect(await write({ images: paths(), onAnswered: (_, total) => totals.add(total) })).toMatchObject({ images: 10 })
  expect([...totals]).toEqual([undefined])
})
