import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { readBundle } from '../../../src/bundle/bundle.js'
import { openClassifier } from '../../../src/classifier/open-classifier.js'
import { scoreImages } from '../../../src/evaluation/score-images.js'
import { exportModel } from '../../../src/workflow/export.js'
import { removeClasses } from '../../../src/workflow/remove.js'
import { contentsOf } from '../../end-to-end/workplace.js'
import { encoder, paint } from '../../image/pictures.js'
import { side } from '../../support/tiny-classifier-file.js'
import { tinyPlace, type TinyPlace } from '../../training/tiny-extension.js'
import { eventsIn, openSchool, token, type School } from '../teaching/school.js'

// A bundle of two colours is taught a third one.

let folder: string
let place: TinyPlace
let bundle: string
let school: School
let copies = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const colours = await place.draw('colours', { red: 8, green: 8 })
  await place.add({ add: [colours], rehearsal: await place.draw('old', { any: 12 }), command: 'extend in /home/me' })
  await place.draw('new', { blue: 8, red: 6 })
})

beforeEach(async () => {
  bundle = place.path(`copy${++copies}`)
  cpSync(place.path('bundle'), bundle, { recursive: true })
  school = await openSchool({ models: [{ name: 'tiny', model: bundle }], cacheDir: place.cacheDir })
})

afterEach(async () => school[Symbol.asyncDispose]())

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const picture = (label: string, i: number) => readFileSync(place.path('new', label, `${i}.png`))

async function begin(): Promise<string> {
  const { status, body } = await school.send('POST', '/teach/lessons', {})
  expect(status).toBe(201)
  return `/teach/lessons/${body.lesson as string}`
}

async function lessonOf(classes: Readonly<Record<string, number>>): Promise<string> {
  const lesson = await begin()
  for (const [label, count] of Object.entries(classes)) {
    for (let i = 0; i < count; i++) {
      const sent = await school.send('POST', `${lesson}/images?label=${label}&file=${label}${i}.png`, picture(label, i))
      expect(sent.status).toBe(200)
    }
  }
  return lesson
}

async function taught(lesson: string, options: object = {}) {
  expect((await school.send('POST', `${lesson}/teach`, options)).status).toBe(202)
  return eventsIn((await school.send('GET', `${lesson}/events`)).text)
}

/** The folder of all uploads of the service that has the lesson, and the lesson's own in it. */
function foldersOf(lesson: string): { readonly root: string; readonly own: string } {
  const id = lesson.split('/').at(-1)!
  const roots = readdirSync(tmpdir()).filter((name) => name.startsWith('nplusk-lessons-'))
  const root = roots.map((name) => join(tmpdir(), name)).find((one) => existsSync(join(one, id)))!
  return { root, own: join(root, id) }
}

const lessonsIn = (root: string) => readdirSync(root).filter((name) => name !== '.live')

/** Makes the reading of a picture wait, and so whoever learns from it, until that is released. */
function held(lesson: string, image = 'p1'): () => Promise<void> {
  const path = join(foldersOf(lesson).own, image)
  rmSync(path)
  execFileSync('mkfifo', [path])
  return async () => {
    // Opened to read and write, it waits for no reader: one that comes later finds no file.
    const file = await open(path, 'r+')
    rmSync(path)
    await file.close()
  }
}

/** What a bundle answers to all pictures, bit for bit. */
async function answersOf(model: string) {
  const classifier = await openClassifier({ model, device: 'cpu' })
  await using _ = classifier.session
  const files = ['colours/red/0.png', 'new/blue/1.png', 'old/any/2.png'].map((name) => place.path(name))
  const logits: Float32Array[] = []
  for await (const result of scoreImages(classifier, files, undefined))
    if ('logits' in result) logits.push(result.logits)
  return { labels: classifier.labels, logits }
}

const conflict = { status: 409, body: { type: 'urn:nplusk:problem:conflict' } }

describe('a lesson', () => {
  test('is taught, told of, answered by the service at once, and undone bit for bit', async () => {
    const before = await answersOf(bundle)
    const lesson = await lessonOf({ blue: 8, red: 6 })
    const events = await taught(lesson, { name: 'third' })
    const stages = events.filter(({ event }) => event === 'progress').map(({ data }) => data.stage)
    expect(stages).toEqual(expect.arrayContaining(['extract', 'train', 'merge', 'verify']))
    expect(events.at(-1)).toMatchObject({ event: 'taught', data: { revision: 2 } })
    const { body: result } = await school.send('GET', `${lesson}/result`)
    expect(result).toMatchObject({
      revision: 2,
      increment: { name: 'third', labels: ['blue', 'red'], images: 14 },
      classes: { base: 10, added: 3, total: 13 },
      grown: [{ label: 'red', before: 8, images: 14 }],
      images: { given: 14, used: 14, unreadable: 0, duplicate: 0 },
      warnings: expect.any(Array),
    })
    const { heldOut } = (await readBundle(bundle)).manifest.training
    expect(result.heldOut).toEqual(JSON.parse(JSON.stringify(heldOut)))

    const asked = await school.send('POST', '/predict?top=1', picture('blue', 3))
    expect(asked.body).toMatchObject({
      revision: 2,
      results: [{ predictions: [{ label: 'blue', increment: 'third' }] }],
    })
    expect((await school.send('POST', `${lesson}/teach`, {})).status).toBe(409)

    expect((await school.send('POST', `${lesson}/undo`)).body).toEqual({ revision: 3 })
    expect(await answersOf(bundle)).toEqual(before)
    const { body } = await school.send('GET', '/models')
    expect(body.models).toMatchObject([{ revision: 3, classes: { added: 2 }, teachable: true }])
    expect((await school.send('GET', lesson)).body).toMatchObject({ state: 'undone', images: 14 })
    expect(await school.send('POST', `${lesson}/undo`)).toMatchObject(conflict)

    // The same lesson again gives the same classifier again.
    expect((await taught(lesson, { name: 'third' })).at(-1)).toMatchObject({ event: 'taught', data: { revision: 4 } })
    expect((await school.send('GET', `${lesson}/result`)).body).toEqual({ ...result, revision: 4 })
  })

  test('tells which pictures are taken for which class: the very ones whose held-out answer is wrong', async () => {
    const lesson = await begin()
    const ids: string[] = []
    // Pictures of one colour in two classes cannot be told apart.
    for (let i = 0; i < 8; i++) {
      const label = i < 4 ? 'one' : 'two'
      const { body } = await school.send('POST', `${lesson}/images?label=${label}`, picture('blue', i))
      ids.push((body as { images: [{ image: string }] }).images[0].image)
    }
    await taught(lesson)
    const { body } = await school.send('GET', `${lesson}/result`)
    const { confusions, heldOut } = body as {
      confusions: { label: string; predicted: string; count: number; images: string[] }[]
      heldOut: { perClass: { label: string; confusedWith: { label: string; count: number }[] }[] }
    }
    const ofLesson = confusions.filter(({ label }) => ['one', 'two'].includes(label))
    expect(ofLesson.length).toBeGreaterThan(0)
    for (const { label, predicted, count, images } of ofLesson) {
      const { confusedWith } = heldOut.perClass.find((one) => one.label === label)!
      expect(confusedWith).toContainEqual({ label: predicted, count })
      expect(images).toHaveLength(count)
      for (const image of images) expect(ids.indexOf(image) < 4 ? 'one' : 'two').toBe(label)
    }
  })

  test('is deleted with every upload, and keeps what was taught', async () => {
    const lesson = await lessonOf({ blue: 8 })
    await taught(lesson)
    const { root } = foldersOf(lesson)
    expect((await school.send('DELETE', lesson)).status).toBe(204)
    expect(lessonsIn(root)).toEqual([])
    expect((await school.send('GET', lesson)).status).toBe(404)
    expect((await readBundle(bundle)).manifest.increments).toHaveLength(2)
  })

  test.each(['stop', 'delete'])(
    '%s while it is taught leaves every byte of the bundle; meanwhile the service answers',
    async (how) => {
      const before = contentsOf(bundle)
      const lesson = await lessonOf({ blue: 8 })
      const { own } = foldersOf(lesson)
      const release = held(lesson)
      expect((await school.send('POST', `${lesson}/teach`, {})).status).toBe(202)
      const other = await lessonOf({ red: 2 })
      expect(await school.send('POST', `${other}/teach`, {})).toMatchObject(conflict)
      expect(await school.send('POST', `${other}/advice`, {})).toMatchObject(conflict)
      expect(await school.send('POST', '/teach/rollback', { revision: 1 })).toMatchObject(conflict)
      expect(await school.send('DELETE', `${lesson}/images/p2`)).toMatchObject(conflict)
      expect((await school.send('GET', '/healthz')).status).toBe(200)
      expect((await school.send('POST', '/predict', picture('red', 0))).status).toBe(200)
      expect((await school.send('GET', lesson)).body.state).toBe('teaching')
      if (how === 'delete') {
        // The thread still reads, and the answer is there.
        expect(await school.send('DELETE', lesson)).toMatchObject({ status: 202, text: '' })
        expect((await school.send('GET', lesson)).status).toBe(404)
        expect(existsSync(own)).toBe(true)
        await release()
        while (existsSync(own)) await school.send('GET', '/healthz')
      } else {
        expect((await school.send('POST', `${lesson}/stop`, {})).status).toBe(202)
        await release()
        const events = eventsIn((await school.send('GET', `${lesson}/events`)).text)
        const detail = 'It was stopped; nothing was changed.'
        expect(events.at(-1)).toMatchObject({ event: 'failed', data: { problem: { status: 409, detail } } })
        expect((await school.send('GET', lesson)).body).toMatchObject({ state: 'failed', images: 8 })
      }
      expect(contentsOf(bundle)).toEqual(before)
      // The place is free again.
      expect((await taught(other)).at(-1)!.event).toBe('taught')
    },
  )

  test('goes on where its listeners go away, and is told anew to those who come back', async () => {
    const lesson = await lessonOf({ blue: 8 })
    const release = held(lesson)
    await school.send('POST', `${lesson}/teach`, {})
    const gone = new AbortController()
    const stream = await fetch(`${school.url}${lesson}/events`, {
      headers: { authorization: 'Bearer a-token' },
      signal: gone.signal,
    })
    await stream.body!.getReader().read()
    gone.abort()
    await release()
    const all = eventsIn((await school.send('GET', `${lesson}/events`)).text)
    expect(all.at(-1)!.event).toBe('taught')
    const ids = all.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    const after = await school.send('GET', `${lesson}/events`, undefined, { 'last-event-id': String(ids.at(-3)) })
    expect(eventsIn(after.text)).toEqual(all.slice(-2))
    expect(after.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const none = await school.send('GET', `${lesson}/events`, undefined, { 'last-event-id': String(ids.at(-1)) })
    expect(none).toMatchObject({ status: 204, text: '' })
  })

  test('ends with the service: uploads are gone, streams are closed, the bundle is whole', async () => {
    const before = contentsOf(bundle)
    const lesson = await lessonOf({ blue: 8 })
    const { root } = foldersOf(lesson)
    const release = held(lesson)
    await school.send('POST', `${lesson}/teach`, {})
    const streams = [school.send('GET', `${lesson}/events`), school.send('GET', `${await begin()}/events`)]
    await school.send('GET', '/healthz')
    const closed = school[Symbol.asyncDispose]()
    for (const { text } of await Promise.all(streams)) expect(text).not.toContain('event: taught')
    await release()
    await closed
    expect(existsSync(root)).toBe(false)
    expect(contentsOf(bundle)).toEqual(before)
  })

  test('without pictures, or of a class whose pictures are all in another one, is refused with what to do', async () => {
    const empty = await begin()
    expect(await school.send('POST', `${empty}/teach`, {})).toMatchObject(conflict)
    expect(await school.send('GET', `${empty}/result`)).toMatchObject(conflict)
    expect(await school.send('POST', `${empty}/undo`, {})).toMatchObject(conflict)
    expect(await school.send('POST', `${empty}/stop`, {})).toMatchObject(conflict)
    expect(await school.send('GET', `${empty}/events`)).toMatchObject({ status: 204, text: '' })
    const text = await school.send('POST', `${empty}/images?label=a`, Buffer.from('words, and no picture'))
    expect(text.body.detail).toMatch(/^The picture cannot be used: it is not a /)
    const same = await begin()
    for (const label of ['one', 'two'])
      await school.send('POST', `${same}/images?label=${label}&file=a.png`, picture('blue', 0))
    const { event, data } = (await taught(same)).at(-1)!
    expect(event).toBe('failed')
    const { detail, type } = (data as { problem: { detail: string; type: string } }).problem
    expect(type).toBe('urn:nplusk:problem:bad-request')
    expect(detail).toContain('"one"')
    expect(detail).not.toContain('nplusk-lessons-')
    expect(detail).not.toMatch(/--|\/p\d/)
  })

  test('takes of a form what can be taken, and says of every other picture why not', async () => {
    const limits = { pixelsPerImage: side * side }
    await using strict = await openSchool({ models: [{ model: bundle }], cacheDir: place.cacheDir, limits })
    const large = await encoder(paint(side + 1, side, () => [0, 0, 0]))
      .png()
      .toBuffer()
    const sent = [picture('blue', 0), large, Buffer.from('words, and no picture'), picture('blue', 1)]
    const form = new FormData()
    for (const [i, bytes] of sent.entries()) form.append('any', new Blob([Uint8Array.from(bytes)]), `${i}.png`)
    const { body: begun } = await strict.send('POST', '/teach/lessons', {})
    const answer = await fetch(`${strict.url}/teach/lessons/${begun.lesson as string}/images?label=blue`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: form,
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      images: [
        { file: '0.png', image: 'p1' },
        { file: '1.png', error: { type: 'urn:nplusk:problem:too-large' } },
        { file: '2.png', error: { type: 'urn:nplusk:problem:unreadable-image' } },
        { file: '3.png', image: 'p4' },
      ],
    })
  })

  test('gets advice that names pictures by their ids', async () => {
    const lesson = await lessonOf({ blue: 8, red: 5 })
    const sent = async (i: number) => {
      const { body } = await school.send('POST', `${lesson}/images?label=blue&file=red${i}.png`, picture('red', i))
      return (body as { images: [{ image: string }] }).images[0].image
    }
    const [copy, stray] = [await sent(2), await sent(5)]
    const advice = await school.send('POST', `${lesson}/advice`, {})
    expect(advice.status).toBe(200)
    expect(advice.body.advice).toMatchObject({
      model: 'tiny',
      classes: [
        { label: 'blue', images: 9 },
        { label: 'red', images: 4 },
      ],
      duplicates: [{ kind: 'exact', labels: ['blue', 'red'] }],
      expected: { top1: expect.any(Number) },
    })
    const { duplicates, mislabelled } = advice.body.advice as {
      duplicates: [{ files: string[] }]
      mislabelled: { file: string }[]
    }
    expect(duplicates[0].files).toContain(copy)
    expect(mislabelled[0]).toMatchObject({ file: stray, label: 'blue', suggested: 'red', likely: true })
    expect(advice.text).not.toContain('nplusk-lessons-')
    expect(advice.text).not.toContain(bundle)
  })
})

describe('undo', () => {
  test('is refused where the bundle was changed since', async () => {
    const lesson = await lessonOf({ blue: 8 })
    await taught(lesson)
    await removeClasses({ model: bundle, name: 'green', device: 'cpu' })
    const before = contentsOf(bundle)
    expect(await school.send('POST', `${lesson}/undo`, {})).toMatchObject({
      status: 409,
      body: { detail: 'The model was changed since the lesson.' },
    })
    expect(contentsOf(bundle)).toEqual(before)
    expect((await school.send('GET', lesson)).body.state).toBe('taught')
  })

  test('of pictures that were known already changes nothing', async () => {
    const lesson = await begin()
    const known = readFileSync(place.path('colours', 'red', '0.png'))
    await school.send('POST', `${lesson}/images?label=red`, known)
    const before = contentsOf(bundle)
    expect((await taught(lesson)).at(-1)).toMatchObject({ event: 'taught', data: { revision: 1 } })
    expect((await school.send('POST', `${lesson}/undo`, {})).body).toEqual({ revision: 1 })
    expect(contentsOf(bundle)).toEqual(before)
  })
})

describe('a model', () => {
  test('has a history without paths, and goes back to a revision', async () => {
    const before = await answersOf(bundle)
    await taught(await lessonOf({ blue: 8 }))
    const { body, text } = await school.send('GET', '/teach/history?model=tiny')
    expect(body).toMatchObject({
      model: 'tiny',
      keep: 5,
      revisions: [
        { revision: 2, kind: 'add', changes: { added: [{ label: 'blue', images: 8 }] }, kept: false },
        { revision: 1, kind: 'add', kept: true },
      ],
    })
    expect(text).not.toContain('/home/me')
    expect(text).not.toContain(folder)
    expect((await school.send('POST', '/teach/rollback', { revision: 1 })).body).toMatchObject({
      model: 'tiny',
      restored: 1,
      revision: 3,
      classes: { base: 10, added: 2, total: 12 },
    })
    expect(await answersOf(bundle)).toEqual(before)
    const lost = await school.send('POST', '/teach/rollback', { revision: 9 })
    expect(lost.status).toBe(404)
    expect(lost.text).not.toContain(folder)
  })

  test('is exported as a file that is the bundle’s model, and nothing of it stays', async () => {
    const { root, own } = foldersOf(await begin())
    const answer = await school.send('GET', '/teach/export?format=onnx')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="tiny.onnx"')
    const file = place.path('exported.onnx')
    await exportModel({ model: bundle, format: 'onnx', out: file })
    expect(answer.bytes.equals(readFileSync(file))).toBe(true)
    await school.send('GET', '/healthz')
    expect(lessonsIn(root)).toEqual([basename(own)])
  })
})

test('nothing about teaching is there without the token, nor where teaching is not allowed', async () => {
  const { paths } = (await school.send('GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, { tags: string[] }>>
  }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  )
  const teaching = routes.filter(([, path]) => path.startsWith('/teach'))
  expect(teaching.length).toBeGreaterThan(14)
  for (const [method, path] of teaching) {
    const url = school.url + path.replace('{lesson}', 'a'.repeat(24)).replace('{image}', 'p1')
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'a-token' }]) {
      const answer = await fetch(url, { method, headers: headers as Record<string, string> })
      expect([401, 429]).toContain(answer.status)
    }
  }
  const closed = await openSchool({ models: [{ model: bundle }], cacheDir: place.cacheDir, allowAdd: false })
  await using _ = closed
  expect(await closed.send('POST', '/teach/lessons', {})).toMatchObject({ status: 404 })
})
