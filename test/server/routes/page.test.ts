import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fastify, type FastifyInstance } from 'fastify'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { pageFiles } from '../../../src/export/page-files.js'
import { pageRoutes } from '../../../src/server/routes/page.js'

let app: FastifyInstance
let url: string

beforeAll(async () => {
  app = fastify()
  await pageRoutes(app)
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => app.close())

/** The status of a path that no client would tidy up before it asks. */
async function statusOf(path: string): Promise<number> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
  return Number((await text(socket)).split(' ')[1])
}

describe('the page', () => {
  test('allows nothing but itself, and nothing that is written into it', async () => {
    const response = await fetch(url)
    const markup = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy')!
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]),
    )
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(markup).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:/)
  })

  test('every file that it is made of has its type, and is not sent again where it is known', async () => {
    const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html' }
    for (const path of (await pageFiles('served')).keys()) {
      const address = `${url}/${path === 'index.html' ? '' : path}`
      const response = await fetch(address)
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('content-type')).toContain(types[path.split('.').at(-1) as keyof typeof types])
      const etag = response.headers.get('etag')!
      for (const known of [etag, `"other", W/${etag}`]) {
        const again = await fetch(address, { headers: { 'if-none-match': known } })
        expect([again.status, await again.text()]).toEqual([304, ''])
      }
      expect((await fetch(address, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    }
  })

  test('no path leads out of it', async () => {
    const paths = [
      '/../package.json',
      '/served/../../package.json',
      '/%2e%2e/package.json',
      '/served/..%2f..%2fREADME.md',
    ]
    for (const path of [...paths, '/exported/start.js', '/served/', '/nothing']) {
      expect([path, await statusOf(path)]).toEqual([path, 404])
    }
  })
})

describe.each(['served', 'exported'] as const)('the files of the %s page', (kind) => {
  test('name nothing that is not there, but for the runtime of an export', async () => {
    const files = await pageFiles(kind)
    const named = [...files].flatMap(([path, content]) => {
      const source = Buffer.from(content).toString()
      const modules = [...source.matchAll(/(?:^import|\bfrom) '(\.[^']+)'/gm)]
      const links = path.endsWith('.html') ? [...source.matchAll(/\s(?:src|href)="([^"#]+)"/g)] : []
      return [...modules, ...links].map(([, name]) => new URL(name!, `http://page/${path}`).pathname.slice(1))
    })
    expect(named.length).toBeGreaterThan(20)
    const missing = named.filter((path) => !files.has(path))
    expect(missing).toEqual(kind === 'served' ? [] : ['onnxruntime/ort.wasm.bundle.min.mjs'])
  })

  test('are all used', async () => {
    const files = await pageFiles(kind)
    const sources = [...files.values()].map((content) => Buffer.from(content).toString()).join('\n')
    const unused = [...files.keys()].filter(
      (path) =>
        path !== 'index.html' && !sources.includes(`${path.split('/').at(-1)}'`) && !sources.includes(`"${path}"`),
    )
    expect(unused).toEqual([])
  })
})
