import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { fastify } from 'fastify'
import { asProblem } from '../../../src/server/as-problem.js'
import { limitBodies } from '../../../src/server/guard/bodies.js'
import { sendProblem } from '../../../src/server/problem-documents.js'
import type { RunningServer } from '../../../src/server/serve.js'
import { problemIn, problemLine, serveTiny, tinyBundle, type TinyBundle } from '../tiny-server.js'

const most = 300_000

let tiny: TinyBundle
let server: RunningServer

beforeAll(async () => {
  tiny = await tinyBundle()
  server = await serveTiny(tiny, { limits: { bodiesBytes: most } })
})

afterAll(async () => {
  await server.close()
  tiny[Symbol.dispose]()
})

const predict = () =>
  fetch(`${server.url}/predict`, { method: 'POST', headers: { 'content-type': 'image/png' }, body: tiny.pictures[0]! })

/** Promises a body, and sends the beginning of it. */
async function slowBody(promised: number, sent: number): Promise<Socket> {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const head = ['POST /predict HTTP/1.1', 'Host: localhost', 'Content-Type: image/png', `Content-Length: ${promised}`]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  if (sent > 0) await new Promise((resolve) => socket.write(Buffer.alloc(sent), resolve))
  return socket
}

test('bodies that are promised and do not come keep nobody away', async () => {
  const slow = await Promise.all(Array.from({ length: 50 }, () => slowBody(60_000_000, 100)))
  expect((await predict()).status).toBe(200)
  for (const socket of slow) socket.destroy()
})

test('more than fits into memory is cut off, the largest first, and others go on', async () => {
  const modest = await slowBody(60_000_000, 1000)
  const large = await slowBody(60_000_000, 2 * most)
  await once(large, 'close')
  expect(modest.destroyed).toBe(false)
  expect((await predict()).status).toBe(200)
  modest.destroy()
})

/** A service that holds few bodies, and answers a POST to `/` only when it is told to. */
async function slowService() {
  const app = fastify()
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, asProblem(error)))
  let answer: () => void = () => undefined
  const asked = new Promise<void>((resolve) => {
    app.post('/', async () => {
      resolve()
      await new Promise<void>((release) => (answer = release))
      return {}
    })
  })
  app.get('/', () => ({}))
  app.post('/quick', () => ({}))
  limitBodies(app, 1000)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, asked, answer: () => answer(), close: () => app.close() }
}

test('while there is too much, new bodies are refused, and what came whole is answered', async () => {
  const { url, asked, answer, close } = await slowService()
  const post = () => fetch(url, { method: 'POST', body: JSON.stringify('x'.repeat(2000)), headers: json })
  const large = post()
  await asked
  expect(await problemIn(await post())).toBe(problemLine(503, 'overloaded'))
  expect((await fetch(url)).status).toBe(200)
  answer()
  expect((await large).status).toBe(200)
  await close()
})

test('what came over a connection for requests without a body is no part of the next body', async () => {
  const { url, asked, answer, close } = await slowService()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (method: string, headers: Record<string, string>, body = '') =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(url, { method, headers, agent }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  expect(await send('GET', { 'x-long': 'x'.repeat(3000) })).toBe(200)
  const small = send('POST', json, '"x"')
  await asked
  expect((await fetch(`${url}/quick`, { method: 'POST', body: '"x"', headers: json })).status).toBe(200)
  answer()
  expect(await small).toBe(200)
  agent.destroy()
  await close()
})

const json = { 'content-type': 'application/json' }
