import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawnService, type SpawnedService } from './spawned-service.js'
import { problemIn, problemLine, serveTiny, tinyBundle, type TinyBundle } from './tiny-server.js'

// A service in a process of its own, and clients that do not behave.

let tiny: TinyBundle
let service: SpawnedService

beforeAll(async () => {
  tiny = await tinyBundle()
  service = await spawnService(['--model', tiny.bundle, '--device', 'cpu'], { NPLUSK_CACHE_DIR: tiny.cacheDir })
})

afterAll(async () => {
  await service[Symbol.asyncDispose]()
  tiny[Symbol.dispose]()
})

const image = { 'content-type': 'image/png' }
const predict = (body: Buffer) => fetch(`${service.url}/predict`, { method: 'POST', headers: image, body })

async function connection({ url }: Pick<SpawnedService, 'url'> = service): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** What came over a connection until it ended. */
async function whole(socket: Socket): Promise<string> {
  return text(socket)
}

const head = (length: number) =>
  `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${length}\r\n\r\n`

test('2,000 connections that send half a request, or half of its head, or nothing keep nobody away', async () => {
  const slow: Socket[] = []
  for (let i = 0; i < 2000; i++) {
    const socket = await connection()
    if (i % 3 === 1) socket.write('GET / HTTP/1.1\r\nHost: local')
    if (i % 3 === 2) socket.write(`${head(60_000_000)}half`)
    slow.push(socket)
  }
  for (const picture of tiny.pictures) expect((await predict(picture)).status).toBe(200)
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  for (const socket of slow) socket.destroy()
  expect((await predict(tiny.pictures[0]!)).status).toBe(200)
})

test('what is no request, and a head that is too large, are answered with problems', async () => {
  const sent = async (request: string) => {
    const socket = await connection()
    socket.write(request)
    const [, head, body] = /^HTTP\/1\.1 ([^]*?)\r\n\r\n([^]*)$/.exec(await whole(socket))!
    return problemIn(
      new Response(body, {
        status: Number(head!.slice(0, 3)),
        headers: { 'content-type': /type: (.*)/i.exec(head!)![1]! },
      }),
    )
  }
  expect(await sent('nonsense\r\n\r\n')).toBe(problemLine(400, 'bad-request'))
  expect(await sent(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`)).toBe(
    problemLine(431, 'headers-too-large'),
  )
})

test('a client that goes away leaves its place to others', async () => {
  const picture = tiny.pictures[0]!
  for (let i = 0; i < 300; i++) {
    const socket = await connection()
    socket.write(head(picture.length))
    socket.write(picture, () => socket.destroy())
  }
  expect((await predict(picture)).status).toBe(200)
  // Every place was given back.
  const queue = async () =>
    /nplusk_queue_images\{model="bundle"\} (\d+)/.exec(await (await fetch(`${service.url}/metrics`)).text())
  while (Number((await queue())![1]) > 0) await new Promise((resolve) => setTimeout(resolve, 10))
})

test('clients that take nothing of their answers lose their places', async () => {
  await using server = await serveTiny(tiny, { limits: { headersMs: 100, requestMs: 100 } })
  const socket = await connection(server)
  socket.pause()
  // More than all buffers on the way hold.
  socket.write('GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(40))
  const figures = async () => (await fetch(`${server.url}/metrics`)).text()
  while (!/^nplusk_http_requests_total\{.*status="aborted"/m.test(await figures()));
  // The asking one is left.
  while (!/^nplusk_http_requests_in_hand 1$/m.test(await figures()));
  socket.destroy()
})

test('SIGTERM: what is in hand is answered, what is half there is not waited for, and the process exits with 0', async () => {
  const picture = readFileSync(tiny.files[1]!)
  const [inHand, idle, halfHead] = [await connection(), await connection(), await connection()]
  halfHead.write('GET / HTTP/1.1\r\nHost: local')
  // The head and the first half are in hand before the signal is.
  inHand.write(head(picture.length))
  inHand.write(picture.subarray(0, picture.length / 2))
  while (!/nplusk_http_requests_in_hand 2/.test(await (await fetch(`${service.url}/metrics`)).text()));
  const ended = Promise.all([whole(inHand), whole(idle), whole(halfHead), service.stop('SIGTERM')])
  // It takes no more connections from then on.
  for (;;) {
    const refused = await fetch(`${service.url}/readyz`).then(
      ({ status }) => status !== 200,
      () => true,
    )
    if (refused) break
  }
  inHand.write(picture.subarray(picture.length / 2))
  const [answer, none, half, code] = await ended
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"predictions":/)
  expect(answer).toMatch(/^connection: close\r$/im)
  expect([none, half, code]).toEqual(['', '', 0])
})
