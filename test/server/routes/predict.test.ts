import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { RunningServer } from '../../../src/server/serve.js'
import { loadClassifier } from '../../../src/workflow/classifier.js'
import { problemIn, problemLine, serveTiny, tinyBundle, type TinyBundle } from '../tiny-server.js'

let tiny: TinyBundle
let server: RunningServer
let small: RunningServer

beforeAll(async () => {
  tiny = await tinyBundle()
  server = await serveTiny(tiny)
  small = await serveTiny(tiny, { limits: { bodyBytes: 2000, imagesPerRequest: 2, pixelsPerImage: 63 } })
})

afterAll(async () => {
  await server.close()
  await small.close()
  tiny[Symbol.dispose]()
})

const ask = (init: RequestInit, query = '', at = server) =>
  fetch(`${at.url}/predict${query}`, { method: 'POST', ...init })
const png = { 'content-type': 'image/png' }
const json = (body: unknown, query = '') =>
  ask({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }, query)

function formOf(pictures: readonly Uint8Array[], fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData()
  for (const [i, picture] of pictures.entries()) form.append('any', new Blob([Uint8Array.from(picture)]), `${i}.png`)
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}

interface Answer {
  readonly model: string
  readonly revision: number
  readonly results: readonly { readonly file: string }[]
}

/** What prediction from files says. */
async function fromFiles(files: readonly string[], options: object): Promise<object[]> {
  const classifier = await loadClassifier({ model: tiny.bundle, device: 'cpu' })
  try {
    const answers = []
    for await (const { file: _file, ...answer } of classifier.classify(files, options)) answers.push(answer)
    return answers
  } finally {
    await classifier.close()
  }
}

const withoutNames = async (response: Response) =>
  ((await response.json()) as Answer).results.map(({ file: _file, ...answer }) => answer)

describe('the answers are those of prediction from files', () => {
  const asked = { top: 3, reject: 0.05, thresholds: 'best-f1' } as const
  const query = '?top=3&reject=0.05&thresholds=best-f1'

  test('to a picture as it is', async () => {
    const expected = await fromFiles(tiny.files, asked)
    for (const [i, picture] of tiny.pictures.entries()) {
      for (const type of ['image/png', 'image/png; name=a.png', 'application/octet-stream']) {
        const response = await ask({ body: picture, headers: { 'content-type': type } }, query)
        expect(await withoutNames(response)).toEqual([expected[i]])
      }
    }
  })

  test('to a form, asked in its fields or in the query', async () => {
    const expected = await fromFiles(tiny.files, asked)
    const fields = { top: '3', reject: '0.05', thresholds: 'best-f1' }
    expect(await withoutNames(await ask({ body: formOf(tiny.pictures, fields) }))).toEqual(expected)
    expect(await withoutNames(await ask({ body: formOf(tiny.pictures) }, query))).toEqual(expected)
  })

  test('to JSON, with thresholds by label as well', async () => {
    const images = tiny.pictures.map((picture) => ({ data: picture.toString('base64') }))
    expect(await withoutNames(await json({ images, ...asked }))).toEqual(await fromFiles(tiny.files, asked))
    const thresholds = { red: 1, green: 0 }
    expect(await withoutNames(await json({ images, thresholds }))).toEqual(await fromFiles(tiny.files, { thresholds }))
  })

  test('five of them where nothing is said, under the name of the model and its revision', async () => {
    const answer = (await (await ask({ body: tiny.pictures[0]!, headers: png })).json()) as Answer
    expect(answer).toMatchObject({ model: 'tiny', revision: 1, results: [{ file: 'image-1' }] })
    expect(await fromFiles([tiny.files[0]!], {})).toMatchObject([{ predictions: { length: 5 } }])
    expect(answer.results).toMatchObject(await fromFiles([tiny.files[0]!], {}))
  })
})

test('pictures are called what the client calls them, else by their place', async () => {
  const files = async (response: Response) => ((await response.json()) as Answer).results.map(({ file }) => file)
  expect(await files(await ask({ body: formOf(tiny.pictures) }))).toEqual(['0.png', '1.png', '2.png', '3.png'])
  const data = tiny.pictures[0]!.toString('base64')
  const names = await files(await json({ images: [{ data }, { data, name: '<script>' }, { data }] }))
  expect(names).toEqual(['image-1', '<script>', 'image-3'])
})

test('a picture that cannot be read is a problem alone, and an entry among others', async () => {
  const broken = Buffer.from('no picture')
  expect(await problemIn(await ask({ body: broken, headers: png }))).toBe(problemLine(422, 'unreadable-image'))
  const response = await ask({ body: formOf([tiny.pictures[0]!, broken, tiny.pictures[1]!]) })
  expect(response.status).toBe(200)
  const { results } = (await response.json()) as { results: Record<string, unknown>[] }
  expect(results.map((one) => Object.keys(one))).toEqual([
    ['file', 'predictions'],
    ['file', 'error'],
    ['file', 'predictions'],
  ])
  expect(results[1]!['error']).toMatchObject({ type: 'urn:nplusk:problem:unreadable-image' })
})

describe('what cannot be answered', () => {
  const image = () => ({ data: tiny.pictures[0]!.toString('base64') })
  const raw = (query: string) => ask({ body: tiny.pictures[0]!, headers: png }, query)
  const typed = (body: string, type: string) => ask({ body, headers: { 'content-type': type } })

  test.each<[string, () => Promise<Response>]>([
    ['a number of answers that is none', () => raw('?top=0')],
    ['a rate beyond 1', () => raw('?reject=1')],
    ['thresholds that are not known', () => raw('?thresholds=best')],
    ['a parameter that is not known', () => raw('?topk=3')],
    ['a parameter twice', () => raw('?top=1&top=2')],
    ['a number as text in JSON', () => json({ images: [image()], top: '3' })],
    ['a field that is not known in JSON', () => json({ images: [image()], topk: 3 })],
    ['JSON without images', () => json({ images: [] })],
    ['JSON that is null', () => json(null)],
    ['what is no JSON', () => typed('{', 'application/json')],
    ['JSON that is empty', () => typed('', 'application/json')],
    ['what is no base64', () => json({ images: [{ data: 'a b=' }] })],
    ['thresholds of a label that is not there', () => json({ images: [image()], thresholds: { blue: 0.5 } })],
    ['an empty picture', () => ask({ body: '', headers: png })],
    ['a form without files', () => ask({ body: formOf([], { top: '1' }) })],
    ['a form with a field that is not known', () => ask({ body: formOf(tiny.pictures, { topk: '1' }) })],
    ['a form with a field out of range', () => ask({ body: formOf(tiny.pictures, { top: '0' }) })],
    ['a form that is cut off', () => typed('--x\r\nContent-Disposition: form-data', 'multipart/form-data; boundary=x')],
    ['a form without a boundary', () => typed('x', 'multipart/form-data')],
  ])('%s', async (_what, send) => {
    expect(await problemIn(await send())).toBe(problemLine(400, 'bad-request'))
  })

  test('content of another type', async () => {
    const unsupported = problemLine(415, 'unsupported-media-type')
    expect(await problemIn(await typed('x', 'text/plain'))).toBe(unsupported)
    expect(await problemIn(await ask({}))).toBe(unsupported)
  })

  test('a model that is not served', async () => {
    const response = await raw('?model=other')
    expect(await problemIn(response.clone())).toBe(problemLine(404, 'unknown-model'))
    expect(await response.json()).toMatchObject({ detail: 'No model of this name is served; there is: tiny.' })
  })

  test('more than the service takes: bytes, files, pixels', async () => {
    const large = problemLine(413, 'too-large')
    const noise = Buffer.alloc(2001)
    expect(await problemIn(await ask({ body: noise, headers: png }, '', small))).toBe(large)
    // Two files, each within the limit that holds for them together.
    const halves = formOf([noise.subarray(0, 1500), noise.subarray(0, 1500)])
    expect(await problemIn(await ask({ body: halves }, '', small))).toBe(large)
    const inChunks = new Response(halves)
    const chunked = { body: inChunks.body, headers: inChunks.headers, duplex: 'half' } as RequestInit
    expect(await problemIn(await ask(chunked, '', small))).toBe(large)
    expect(await problemIn(await ask({ body: formOf([0, 1, 2].map(() => noise.subarray(0, 9))) }, '', small))).toBe(
      large,
    )
    expect(await problemIn(await ask({ body: tiny.pictures[0]!, headers: png }, '', small))).toBe(large)
  })
})

test('figures tell what was answered', async () => {
  const lines = (await (await fetch(`${server.url}/metrics`)).text()).split('\n')
  const value = (start: string) =>
    Number(
      lines
        .find((line) => line.startsWith(start))
        ?.split(' ')
        .at(-1),
    )
  expect(value('nplusk_images_total{model="tiny",outcome="answered"}')).toBeGreaterThan(10)
  expect(value('nplusk_images_total{model="tiny",outcome="unreadable-image"}')).toBe(2)
  expect(value('nplusk_stage_seconds_count{stage="decode"}')).toBeGreaterThan(10)
  expect(value('nplusk_http_requests_total{route="/predict",method="POST",status="404"}')).toBe(1)
})
