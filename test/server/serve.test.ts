import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { settingsOf, type ServeOptions } from '../../src/server/options.js'
import { serveTiny, tinyBundle, type TinyBundle } from './tiny-server.js'

let tiny: TinyBundle

beforeAll(async () => {
  tiny = await tinyBundle()
})

afterAll(() => tiny[Symbol.dispose]())

const json = async (url: string) => (await (await fetch(url)).json()) as Record<string, unknown>

test('models and labels are those of the bundles, the first by default', async () => {
  const models = [
    { name: 'first', model: tiny.bundle },
    { name: 'second', model: tiny.bundle },
  ]
  await using server = await serveTiny(tiny, { models, allowAdd: true })
  const both = await json(`${server.url}/models`)
  const known = { revision: 1, classes: { base: 10, added: 2, total: 12 }, rejects: true, thresholds: true }
  expect(both).toEqual({ models: ['first', 'second'].map((name) => ({ name, ...known, teachable: true })) })
  const labels = await json(`${server.url}/labels`)
  expect(labels).toMatchObject({ model: 'first', revision: 1 })
  expect((labels['labels'] as { label: string }[]).slice(10)).toEqual([
    { index: 10, label: 'green', increment: 'colours' },
    { index: 11, label: 'red', increment: 'colours' },
  ])
  expect(await json(`${server.url}/labels?model=second`)).toEqual({ ...labels, model: 'second' })
})

test('where teaching is not allowed there is none, and no token', async () => {
  await using server = await serveTiny(tiny)
  expect(server.token).toBeUndefined()
  expect((await fetch(`${server.url}/teach/history`, { headers: { authorization: 'Bearer x' } })).status).toBe(404)
  expect(JSON.stringify(await json(`${server.url}/models`))).toContain('"teachable":false')
})

test('a token is made up where none is given, another one each time', async () => {
  const tokens = [0, 1].map(() => settingsOf({ models: [{ model: 'm' }], allowAdd: true }).token)
  expect(new Set(tokens).size).toBe(2)
  for (const token of tokens) expect(token).toMatch(/^[\w-]{32}$/)
  await using server = await serveTiny(tiny, { allowAdd: true })
  const headers = { authorization: `Bearer ${server.token}` }
  expect((await fetch(`${server.url}/teach/history`, { headers })).status).toBe(200)
})

test('a port that is taken is an error that names it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(serveTiny(tiny, { port })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `Port ${port} of 127.0.0.1 is taken; choose another one.`,
  })
  other.close()
})

test('it can be closed twice, and then nobody listens', async () => {
  const server = await serveTiny(tiny)
  await Promise.all([server.close(), server.close()])
  await server.close()
  await expect(fetch(server.url)).rejects.toThrow()
})

describe('settings are refused', () => {
  const models = [{ model: 'm' }]

  test.each<[string, ServeOptions]>([
    ['no model', { models: [] }],
    ['a port beyond 65535', { models, port: 65_536 }],
    ['a port that is no whole number', { models, port: 1.5 }],
    ['a token that no header can hold', { models, token: 'a b' }],
    ['an empty token', { models, token: '' }],
    ['a limit of nothing', { models, limits: { queueLength: 0 } }],
    ['a limit that is no number', { models, limits: { bodyBytes: NaN } }],
  ])('%s', (_what, options) => {
    expect(() => settingsOf(options)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
