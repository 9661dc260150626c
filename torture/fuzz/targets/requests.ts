import { Client } from 'undici'
import { encoder, paint } from '../../../test/image/pictures.js'
import { serveTiny, tinyBundle } from '../../../test/server/tiny-server.js'
import { byteElements, encodedInput, withBytes } from '../../../test/server/v2/requests.js'
import { encodeRequest, mutateRequest, splitRequest, type RequestHead } from '../mutate/request.js'
import { mostMs } from '../judge.js'
import type { OpenTarget, Target } from '../target.js'

const token = 'of-the-fuzzer'
const authorization = `Bearer ${token}`
const plenty = 1_000_000
/** Stands for a lesson's id in addresses. */
const lessonWord = 'LESSON'
/** Requests to one lesson. */
const lessonLength = 200

const picture = encoder(paint(8, 8, (x, y) => [30 * x, 30 * y, 90])).png()

/** Questions about pictures in every form. */
export const predictions: Target = {
  name: 'http-predict',
  seeds: async () => {
    const png = await picture.toBuffer()
    const base64 = png.toString('base64')
    const form = [
      '--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n',
      png,
      '\r\n--x\r\nContent-Disposition: form-data; name="top"\r\n\r\n3\r\n--x--\r\n',
    ]
    return [
      encodeRequest(post('/predict?top=3', 'image/png'), png),
      encodeRequest(post('/predict', 'application/json'), JSON.stringify({ images: [base64], top: 2, model: 'tiny' })),
      encodeRequest(post('/predict', 'application/json'), JSON.stringify({ image: base64, reject: 0.05 })),
      encodeRequest(
        post('/predict', 'multipart/form-data; boundary=x'),
        Buffer.concat(form.map((part) => Buffer.from(part))),
      ),
      encodeRequest({ method: 'GET', url: '/labels?model=tiny', headers: {} }),
      encodeRequest({ method: 'GET', url: '/models/tiny', headers: { accept: '*/*', origin: 'http://localhost' } }),
    ]
  },
  mutate: mutateRequest,
  open: () => openService(),
}

/** The Open Inference Protocol, with tensors as JSON and as bytes. */
export const inferences: Target = {
  name: 'http-v2',
  seeds: async () => {
    const png = await picture.toBuffer()
    const input = encodedInput([png])
    const pixels = { name: 'image', shape: [1, 8, 8, 3], datatype: 'UINT8' }
    const bytes = { name: 'image', shape: [1], datatype: 'BYTES', parameters: { binary_data_size: png.length + 4 } }
    const requests = [
      withBytes(
        { id: 'a', inputs: [bytes], outputs: [{ name: 'label', parameters: { binary_data: true } }] },
        byteElements([png]),
      ),
      withBytes({ inputs: [{ ...pixels, parameters: { binary_data_size: 192 } }] }, new Uint8Array(192)),
    ]
    const url = '/v2/models/tiny/infer'
    return [
      encodeRequest(post(url, 'application/json'), JSON.stringify({ inputs: [input], outputs: [{ name: 'logits' }] })),
      encodeRequest(
        post(url, 'application/json'),
        JSON.stringify({ inputs: [{ ...pixels, data: Array(192).fill(7) }] }),
      ),
      ...requests.map(({ headers, payload }) => encodeRequest({ method: 'POST', url, headers }, payload)),
      encodeRequest({ method: 'GET', url: '/v2/models/tiny/versions/1', headers: {} }),
    ]
  },
  mutate: mutateRequest,
  open: () => openService(),
}

/** Lessons: their pictures, up to what would be taught. */
export const lessons: Target = {
  name: 'http-teach',
  seeds: async () => {
    const png = await picture.toBuffer()
    const form =
      '--x\r\nContent-Disposition: form-data; name="roses"; filename="roses/a.png"\r\nContent-Type: image/png\r\n\r\n'
    const at = `/teach/lessons/${lessonWord}`
    const taught = (head: RequestHead) => ({ ...head, headers: { ...head.headers, authorization } })
    return [
      encodeRequest(taught(post('/teach/lessons', 'application/json')), JSON.stringify({ model: 'tiny' })),
      encodeRequest(taught(post(`${at}/images?label=roses&file=a.png`, 'image/png')), png),
      encodeRequest(
        taught(post(`${at}/images`, 'multipart/form-data; boundary=x')),
        Buffer.concat([Buffer.from(form), png, Buffer.from('\r\n--x--\r\n')]),
      ),
      encodeRequest(
        taught({ ...post(`${at}/images/1`, 'application/json'), method: 'PATCH' }),
        JSON.stringify({ label: 'b' }),
      ),
      encodeRequest(taught({ method: 'GET', url: at, headers: {} })),
      encodeRequest(taught({ method: 'DELETE', url: `${at}/images/1`, headers: {} })),
      encodeRequest(taught({ method: 'GET', url: '/teach/history?model=tiny', headers: {} })),
    ]
  },
  mutate: mutateRequest,
  open: () => openService(),
}

function post(url: string, type: string): RequestHead {
  return { method: 'POST', url, headers: { 'content-type': type } }
}

/** The service at a port of this machine. */
async function openService(): Promise<OpenTarget> {
  const place = await tinyBundle()
  let failure = ''
  const server = await serveTiny(place, {
    allowAdd: true,
    token,
    limits: { requestsPerSecond: plenty },
    onProgress: (event) => {
      if (event.type === 'warning') failure = event.message
    },
  })
  const client = new Client(server.url, { headersTimeout: mostMs, bodyTimeout: mostMs })
  let lesson = ''
  let requests = 0
  return {
    async run(input) {
      if (requests++ % lessonLength === 0) lesson = await newLesson(client, lesson)
      const request = requestOf(input, lesson)
      if (request === undefined) return
      failure = ''
      const { statusCode, headers, body } = await client.request(request).catch((error: unknown) => refusal(error))
      const text = await body.text()
      // Refused for a while is refused.
      if (statusCode >= 500 && statusCode !== 503) throw new Error(`The service answers ${statusCode}: ${failure}`)
      if (String(headers['content-type']).includes('json') && text !== '') JSON.parse(text)
    },
    async close() {
      await client.destroy()
      await server.close()
      place[Symbol.dispose]()
    },
  }
}

/** A connection may be cut while a body still comes; that the service has ended shows at the next request. */
function refusal(error: unknown) {
  const { code } = error as { readonly code?: string }
  const isCut = code !== undefined && ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_INVALID_ARG'].includes(code)
  if (!isCut) throw error
  return { statusCode: 400, headers: {} as Record<string, string>, body: { text: () => Promise.resolve('') } }
}

async function newLesson(client: Client, earlier: string): Promise<string> {
  const headers = { authorization, 'content-type': 'application/json' }
  if (earlier !== '') {
    const ended = await client.request({
      method: 'DELETE',
      path: `/teach/lessons/${earlier}`,
      headers: { authorization },
    })
    await ended.body.dump()
  }
  const made = await client.request({ method: 'POST', path: '/teach/lessons', headers, body: '{"model":"tiny"}' })
  return ((await made.body.json()) as { readonly lesson: string }).lesson
}

/** What the client sets itself. */
const ownHeaders = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect', 'host']

/** `undefined` for what no connection would carry: Node refuses such heads itself. */
function requestOf(input: Uint8Array, lesson: string) {
  const [line, body] = splitRequest(input)
  let head: Partial<RequestHead> | null
  try {
    head = JSON.parse(Buffer.from(line).toString()) as Partial<RequestHead> | null
  } catch {
    return undefined
  }
  const { method, url, headers } = head ?? {}
  if (typeof method !== 'string' || !['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].includes(method))
    return undefined
  if (typeof url !== 'string' || !/^\/[\x21-\x7e]*$/.test(url)) return undefined
  // A training of its own for every request would take hours, and a stream of events does not end.
  if (/\/teach\/lessons\/[^/]+\/(teach|advice|events)/.test(url)) return undefined
  const carried = Object.entries(headers ?? {}).filter(
    ([name, value]) =>
      /^[\w-]+$/.test(name) &&
      !ownHeaders.includes(name.toLowerCase()) &&
      typeof value === 'string' &&
      /^[\x20-\x7e\x80-\xff]*$/.test(value),
  )
  return {
    method: method as 'GET',
    path: url.replace(lessonWord, lesson),
    headers: Object.fromEntries(carried),
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.from(body) }),
  }
}
