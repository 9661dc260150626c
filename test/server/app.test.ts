import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { buildApp } from '../../src/server/app.js'
import { createMetrics } from '../../src/server/metrics/metrics.js'
import { openModels } from '../../src/server/models/open-models.js'
import type { ServedModels } from '../../src/server/models/served-models.js'
import { settingsOf } from '../../src/server/options.js'
import { tinyBundle, type TinyBundle } from './tiny-server.js'

let tiny: TinyBundle
let models: ServedModels
let app: Awaited<ReturnType<typeof buildApp>>
let stopping: AbortController
let address: string

beforeAll(async () => {
  tiny = await tinyBundle()
})

beforeEach(async () => {
  const served = [{ name: 'tiny', model: tiny.bundle }]
  const options = settingsOf({ models: served, device: 'cpu', cacheDir: tiny.cacheDir })
  const metrics = createMetrics()
  stopping = new AbortController()
  models = await openModels(options, metrics)
  app = await buildApp({ models, options, metrics, stopping: stopping.signal })
  address = await app.listen({ host: '127.0.0.1', port: 0 })
})

afterEach(async () => {
  await app.close()
  await models[Symbol.asyncDispose]()
})

afterAll(() => tiny[Symbol.dispose]())

const ask = (path: string) => fetch(`${address}${path}`, { headers: { connection: 'close' } })
const status = async (path: string) => (await ask(path)).status

test('while the service ends it lives, is not ready, and takes nothing else', async () => {
  for (const url of ['/healthz', '/readyz', '/v2/health/live', '/v2/health/ready']) expect(await status(url)).toBe(200)
  stopping.abort()
  expect([await status('/healthz'), await status('/v2/health/live')]).toEqual([200, 200])
  expect([await status('/readyz'), await status('/models'), await status('/v2/models/tiny')]).toEqual([503, 503, 503])
  const ready = await ask('/v2/health/ready')
  expect([ready.status, await ready.json()]).toEqual([503, { live: true, ready: false }])
})

test('where memory is short nothing is taken, and those who watch hear of it all the same', async () => {
  const { memoryUsage } = process
  process.memoryUsage = Object.assign(() => ({ ...memoryUsage(), heapUsed: Infinity }), { rss: memoryUsage.rss })
  try {
    while (!app.isUnderPressure()) await new Promise((resolve) => setImmediate(resolve))
    expect([await status('/models'), await status('/v2/models/tiny')]).toEqual([503, 503])
    for (const url of ['/healthz', '/readyz', '/v2/health/live', '/v2/health/ready', '/metrics'])
      expect({ url, status: await status(url) }).toEqual({ url, status: 200 })
  } finally {
    process.memoryUsage = memoryUsage
  }
})
