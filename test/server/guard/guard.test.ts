import { request, type IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { text } from 'node:stream/consumers'
import type { RunningServer } from '../../../src/server/serve.js'
import { serveTiny, tinyBundle, type TinyBundle } from '../tiny-server.js'

let tiny: TinyBundle
let server: RunningServer

beforeAll(async () => {
  tiny = await tinyBundle()
  const limits = { requestsPerSecond: 5 }
  server = await serveTiny(tiny, { allowedHosts: ['box', '.example.org'], allowAdd: true, token: 'secret', limits })
})

afterAll(async () => {
  await server.close()
  tiny[Symbol.dispose]()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** `fetch` sets `Host` and `Origin` by itself. */
function send(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const setHost = !('host' in headers)
    const sent = request(`${server.url}${path}`, { method, headers, setHost, agent: false }, (response) => {
      const { statusCode: status = 0, headers } = response
      text(response).then((body) => resolve({ status, headers, body }), reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('a request is taken', () => {
  const port = () => new URL(server.url).port

  test.each(['127.0.0.1', 'localhost', 'a.localhost', '[::1]', '192.168.1.7', 'box', 'BOX', 'box.', 'a.example.org'])(
    'that is addressed to %s, with a port and without',
    async (host) => {
      expect((await send('/healthz', { host })).status).toBe(200)
      expect((await send('/healthz', { host: `${host}:${port()}` })).status).toBe(200)
    },
  )

  test.each(['evil.example.com', 'example.org.evil.com', 'notexample.org', 'localhost.evil.com', '127.0.0.1.evil.com'])(
    'not where it is addressed to %s',
    async (host) => {
      const { status, headers, body } = await send('/healthz', { host })
      expect(status).toBe(403)
      expect(headers['content-type']).toContain('application/problem+json')
      expect(body).toContain('urn:nplusk:problem:forbidden-origin')
    },
  )

  test.each(['', 'a b', 'user@localhost', 'localhost:x', 'localhost/'])('not where its Host is "%s"', async (host) => {
    expect((await send('/healthz', { host })).status).toBe(403)
  })
})

describe('a change is taken', () => {
  const change = (origin: string, host = 'box') =>
    send('/predict', { host, origin, 'content-type': 'application/json' }, 'POST', '{}')

  test('that a page of this service asks for, or a program', async () => {
    // 400: it is looked at, and its body is not what it should be.
    expect((await change('http://box')).status).toBe(400)
    expect((await change('https://box', 'box:443')).status).toBe(400)
    expect((await change('http://box:8080', 'box:8080')).status).toBe(400)
    expect((await send('/predict', { 'content-type': 'application/json' }, 'POST', '{}')).status).toBe(400)
  })

  test.each(['http://evil.example.com', 'null', 'http://box:1', 'http://box.evil.com', 'file://', 'box', ''])(
    'not where it comes from "%s"',
    async (origin) => {
      const { status, body } = await change(origin)
      expect({ status, body }).toMatchObject({ status: 403, body: expect.stringContaining('forbidden-origin') })
    },
  )

  test('while anything may be read by whom the browser lets', async () => {
    expect((await send('/healthz', { origin: 'http://evil.example.com' })).status).toBe(200)
  })
})

describe('teaching takes the token', () => {
  const teach = (authorization?: string) => send('/teach/history', authorization === undefined ? {} : { authorization })

  test('and with it is let through', async () => {
    expect((await teach('Bearer secret')).status).toBe(200)
    expect((await teach('bearer  secret')).status).toBe(200)
  })

  test.each([undefined, '', 'secret', 'Bearer', 'Bearer secre', 'Bearer secrets', 'Bearer SECRET', 'Basic secret'])(
    'and not "%s"',
    async (authorization) => {
      const { status, headers } = await teach(authorization)
      expect({ status, challenge: headers['www-authenticate'] }).toEqual({ status: 401, challenge: 'Bearer' })
    },
  )
})

test('compressed bodies are refused, but by the protocol that has them', async () => {
  const status = async (path: string) => {
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' }
    return (await send(path, headers, 'POST', 'no gzip')).status
  }
  expect([await status('/predict'), await status('/v2/models/tiny/infer')]).toEqual([415, 400])
})

test('a method that an address does not take is answered with those that it takes', async () => {
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
    const { status, headers } = await send('/predict', {}, method)
    expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'POST' })
  }
  expect((await send('/healthz', {}, 'POST', 'x')).headers.allow).toBe('GET, HEAD')
})

test('below /v2 it is so in the words of the protocol', async () => {
  for (const path of ['/v2', '/v2/', '/v2/models/tiny']) {
    const { status, headers, body } = await send(path, {}, 'DELETE')
    expect([status, headers.allow, headers['content-type']]).toEqual([405, 'GET, HEAD', 'application/json'])
    expect(JSON.parse(body)).toEqual({ error: 'This address takes GET, HEAD.' })
  }
})

test('answers say nothing of what made them, and hold browsers to the service', async () => {
  const { headers } = await send('/docs', {})
  expect(headers.server).toBeUndefined()
  expect(headers['x-powered-by']).toBeUndefined()
  const policy = headers['content-security-policy']!
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(headers['x-content-type-options']).toBe('nosniff')
  // Over plain HTTP it would send a page's own requests to a port where nobody listens.
  expect(policy).not.toContain('upgrade-insecure-requests')
})

test('a client that asks too often is told when to come again, and those who watch are not', async () => {
  const statuses = new Map<number, string | undefined>()
  for (let i = 0; i < 60; i++) {
    const { status, headers } = await send('/models', {})
    statuses.set(status, headers['retry-after'])
  }
  expect([...statuses.keys()].sort()).toEqual([200, 429])
  expect(Number(statuses.get(429))).toBeGreaterThan(0)
  expect(Number(statuses.get(429))).toBeLessThanOrEqual(10)
  const watched = ['/healthz', '/readyz', '/v2/health/live', '/v2/health/ready', '/metrics']
  for (const path of watched) expect((await send(path, {})).status).toBe(200)
})
