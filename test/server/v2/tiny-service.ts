import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { createMetrics } from '../../../src/server/metrics/metrics.js'
import { openModels } from '../../../src/server/models/open-models.js'
import type { ServedModels } from '../../../src/server/models/served-models.js'
import { settingsOf, type ServeLimits } from '../../../src/server/options.js'
import { v2Routes } from '../../../src/server/v2/routes.js'
import { tinyPlace } from '../../training/tiny-extension.js'

/** The protocol's routes before a bundle of ten old classes, red and green. */
export interface TinyService extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:1234`. */
  readonly url: string
  readonly models: ServedModels
  /** The bundle's folder; the model's name is its name, `bundle`. */
  readonly bundle: string
  /** Pictures that it knows, as files. */
  readonly files: readonly string[]
  /** Their contents. */
  readonly pictures: readonly Buffer[]
}

export async function tinyService(limits: Partial<ServeLimits> = {}): Promise<TinyService> {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const place = tinyPlace(folder)
  await place.add({
    add: [await place.draw('colours', { red: 5, green: 5 })],
    rehearsal: await place.draw('old', { any: 12 }),
  })
  const bundle = place.path('bundle')
  const options = settingsOf({ models: [{ model: bundle }], device: 'cpu', cacheDir: place.cacheDir, limits })
  const metrics = createMetrics()
  const models = await openModels(options, metrics)
  const app = fastify({ bodyLimit: options.limits.bodyBytes })
  const stopping = new AbortController().signal
  await app.register((v2) => v2Routes(v2, { models, options, metrics, stopping }), { prefix: '/v2' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const files = ['red', 'green'].flatMap((label) => [0, 1].map((i) => place.path('colours', label, `${i}.png`)))
  return {
    url,
    models,
    bundle,
    files,
    pictures: files.map((file) => readFileSync(file)),
    async [Symbol.asyncDispose]() {
      await app.close()
      await models[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
