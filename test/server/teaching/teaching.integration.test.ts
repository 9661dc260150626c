import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { extract } from 'tar-stream'
import { exportModel } from '../../../src/workflow/export.js'
import { spawnService } from '../spawned-service.js'
import { eventsIn, openSchool, schoolAt, token, type School } from './school.js'

// The default model is taught two kinds of flowers, from its very beginning without a bundle.

const flowers = '../shared/data/flowers'
const labels = ['roses', 'tulips']
const withFlowers = existsSync(flowers) ? describe : describe.skip

const pictures = (part: 'train' | 'val', label: string, count: number) =>
  readdirSync(join(flowers, part, label))
    .slice(0, count)
    .map((name) => readFileSync(join(flowers, part, label, name)))

const jpeg = { 'content-type': 'image/jpeg' }

withFlowers('the default model (needs ../shared/data)', () => {
  let folder: string
  let out: string
  /** Where the service keeps uploads. */
  let temporary: string
  let school: School
  let lesson: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
    out = join(folder, 'extended')
    temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    // As it ships, where there is no bundle yet: with the default model, and `./extended` for the bundle to come.
    const service = await spawnService(['--allow-add', '--token', token], { TMPDIR: temporary }, folder)
    school = schoolAt(service.url, () => service[Symbol.asyncDispose]())
  })

  afterAll(async () => {
    await school?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async (picture: Buffer, top = 1) =>
    (await school.send('POST', `/predict?top=${top}`, picture, jpeg)).body.results as [
      { predictions: { label: string; probability: number; increment: string }[] },
    ]

  async function collect(): Promise<string> {
    const { body } = await school.send('POST', '/teach/lessons', {})
    const path = `/teach/lessons/${body.lesson as string}`
    for (const label of labels) {
      for (const picture of pictures('train', label, 12)) {
        expect((await school.send('POST', `${path}/images?label=${label}`, picture, jpeg)).status).toBe(200)
      }
    }
    return path
  }

  test('makes its bundle with the first lesson, and answers with it at once', async () => {
    expect((await school.send('GET', '/teach/history')).body.revisions).toEqual([])
    expect((await school.send('GET', '/teach/export?format=onnx')).status).toBe(409)
    lesson = await collect()
    await school.send('POST', `${lesson}/teach`, { name: 'garden' })
    const events = eventsIn((await school.send('GET', `${lesson}/events`)).text)
    expect(events.at(-1)!.event).toBe('taught')
    const { body } = await school.send('GET', `${lesson}/result`)
    expect(body).toMatchObject({
      revision: 1,
      increment: { name: 'garden', labels, images: 24 },
      classes: { base: 1000, added: 2, total: 1002 },
      heldOut: { new: { count: 24 }, old: { count: 1000 } },
    })
    let right = 0
    for (const label of labels) {
      for (const picture of pictures('val', label, 10)) {
        const [{ predictions }] = await ask(picture)
        if (predictions[0]!.label === label && predictions[0]!.increment === 'garden') right++
      }
    }
    expect(right).toBeGreaterThan(10)
  })

  test('shows the pictures that are taken for another class', async () => {
    const { confusions } = (await school.send('GET', `${lesson}/result`)).body as {
      confusions: { label: string; count: number; images: string[] }[]
    }
    for (const { label, count, images } of confusions) {
      if (!labels.includes(label)) continue
      expect(images).toHaveLength(count)
      for (const image of images) {
        const shown = await school.send('GET', `${lesson}/images/${image}`)
        expect(shown.headers.get('content-type')).toBe('image/webp')
        expect(shown.bytes.subarray(8, 12).toString()).toBe('WEBP')
      }
    }
  })

  test('is exported, as a file and as a page; who goes away leaves nothing behind', async () => {
    const file = await school.send('GET', '/teach/export?format=onnx')
    await exportModel({ model: out, format: 'onnx', out: join(folder, 'own.onnx') })
    expect(file.bytes.equals(readFileSync(join(folder, 'own.onnx')))).toBe(true)
    const gone = new AbortController()
    const { body } = await fetch(`${school.url}/teach/export?format=onnx`, {
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    })
    await body!.getReader().read()
    gone.abort()
    // There is one place for exports: this one waits until the other has left it.
    let web = await school.send('GET', '/teach/export?format=web')
    while (web.status === 409) web = await school.send('GET', '/teach/export?format=web')
    expect(web.headers.get('content-disposition')).toBe('attachment; filename="inception-v3.tar"')
    const names: string[] = []
    const tar = Readable.from([web.bytes]).pipe(extract())
    for await (const entry of tar) {
      names.push(entry.header.name)
      entry.resume()
    }
    expect(names).toEqual(expect.arrayContaining(['inception-v3/index.html', 'inception-v3/classifier.onnx']))
    expect(uploads()).toEqual([lesson.split('/').at(-1)])
  })

  test('is as it was after the undo of that lesson: a thousand classes, bit for bit', async () => {
    const picture = pictures('val', 'roses', 1)[0]!
    const base = await openSchool({ models: [{ model: 'inception-v3' }], allowAdd: false })
    const sent = await base.send('POST', '/predict?top=1000', picture, jpeg)
    await base[Symbol.asyncDispose]()
    expect((await school.send('POST', `${lesson}/undo`, {})).body).toEqual({ revision: 2 })
    const [after] = await ask(picture, 1000)
    expect(after).toEqual((sent.body.results as unknown[])[0])
    expect((await school.send('DELETE', lesson)).status).toBe(204)
    expect(uploads()).toEqual([])
  })

  test('is left whole by SIGTERM while it is taught, which deletes what was uploaded', async () => {
    const path = await collect()
    const before = readFileSync(join(out, 'bundle.json'))
    expect((await school.send('POST', `${path}/teach`, {})).status).toBe(202)
    expect(uploads()).toHaveLength(1)
    await school[Symbol.asyncDispose]()
    expect(readdirSync(temporary)).toEqual([])
    expect(readFileSync(join(out, 'bundle.json')).equals(before)).toBe(true)
  })

  /** What lies in the folder of all uploads. */
  function uploads(): string[] {
    const [root] = readdirSync(temporary)
    // The socket says that the service lives; beside it lie the lessons.
    return readdirSync(join(temporary, root!)).filter((name) => name !== '.live')
  }
})
