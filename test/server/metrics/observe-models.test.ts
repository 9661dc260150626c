import { cpSync, mkdtempSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { readBundle } from '../../../src/bundle/bundle.js'
import { revisionIdOf } from '../../../src/bundle/history/revision-file.js'
import { createMetrics, type Metrics } from '../../../src/server/metrics/metrics.js'
import { observeModels } from '../../../src/server/metrics/observe-models.js'
import { trainingSpread } from '../../../src/server/metrics/training-spread.js'
import { openModels } from '../../../src/server/models/open-models.js'
import type { Lease, ServedModels } from '../../../src/server/models/served-models.js'
import { settingsOf } from '../../../src/server/options.js'
import { tinyPlace } from '../../training/tiny-extension.js'
import { serveTiny, tinyBundle, type TinyBundle } from '../tiny-server.js'
import { encodedInput, send } from '../v2/requests.js'

let tiny: TinyBundle
let metrics: Metrics
const { signal } = new AbortController()

beforeAll(async () => {
  tiny = await tinyBundle()
})
beforeEach(() => {
  metrics = createMetrics()
})
afterAll(() => tiny[Symbol.dispose]())

function open(model: string): Promise<ServedModels> {
  const models = [{ name: 'tiny', model }]
  return openModels(settingsOf({ models, device: 'cpu', cacheDir: tiny.cacheDir }), metrics)
}

/** What the figures say of the training pictures, once their features have been read. */
async function trainingDistance(): Promise<number> {
  for (;;) {
    const told = await metrics.registry.metrics()
    const [, value] = /^nplusk_training_feature_distance\{model="tiny"\} (\S+)$/m.exec(told) ?? []
    if (value !== undefined) return Number(value)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function distanceOf(model: string): Promise<number> {
  const { manifest } = await readBundle(model)
  return (await trainingSpread({ model, id: revisionIdOf(manifest).id }))!.meanDistance
}

test('a figure that is no number does not fail the answer', async () => {
  await using served = await open(tiny.bundle)
  let isInfinite = false
  const lease = (name?: string): Lease => {
    const real = served.lease(name)
    const score: Lease['score'] = async (image, options) => {
      const scores = await real.score(image, options)
      return isInfinite ? { ...scores, features: scores.features.map(() => Infinity) } : scores
    }
    return { ...real, score }
  }
  using asked = observeModels({ ...served, lease }, metrics, signal).lease()
  await asked.score(tiny.pictures[0]!, { signal })
  await trainingDistance()
  isInfinite = true
  expect(await asked.score(tiny.pictures[0]!, { signal })).toHaveProperty('logits')
  expect(await metrics.registry.metrics()).toContain('nplusk_images_total{model="tiny",outcome="answered"} 2\n')
})

test('a bundle that is replaced by another one of its number is measured by its own features', async () => {
  const place = tinyPlace(mkdtempSync(join(tiny.folder, 'other-')))
  await place.add({ add: [await place.draw('shades', { black: 6, white: 6 })], rehearsal: 'none' })
  const bundle = join(tiny.folder, 'replaced')
  cpSync(tiny.bundle, bundle, { recursive: true })
  await using models = observeModels(await open(bundle), metrics, signal)
  const asked = async () => {
    using lease = models.lease()
    await lease.score(tiny.pictures[0]!, { signal })
    return [lease.revision, await trainingDistance()]
  }
  using earlier = models.lease()
  expect(await asked()).toEqual([1, await distanceOf(tiny.bundle)])
  renameSync(bundle, `${bundle}-away`)
  cpSync(place.path('bundle'), bundle, { recursive: true })
  await models.refresh()
  const distance = await distanceOf(place.path('bundle'))
  expect(await asked()).toEqual([1, distance])
  // Whoever asks what was replaced does not change what the figures are about.
  await earlier.score(tiny.pictures[0]!, { signal })
  expect(await metrics.registry.metrics()).toContain(`nplusk_training_feature_distance{model="tiny"} ${distance}\n`)
})

test('a picture that cannot be read counts once, however many others its request has', async () => {
  await using server = await serveTiny(tiny)
  const pictures = [Buffer.from('no picture'), ...Array.from({ length: 40 }, () => tiny.pictures[0]!)]
  const payload = { inputs: [encodedInput(pictures)] }
  expect((await send(`${server.url}/v2/models/tiny/infer`, { payload })).status).toBe(422)
  const told = await (await fetch(`${server.url}/metrics`)).text()
  // The protocol's requests are read as others are.
  expect(told).toContain('nplusk_stage_seconds_count{stage="read"} 1\n')
  const counts = [...told.matchAll(/^nplusk_images_total\{model="tiny",outcome="(\S+)"\} (\d+)$/gm)]
  const outcomes = Object.fromEntries(counts.map(([, outcome, count]) => [outcome!, Number(count)]))
  expect(outcomes['unreadable-image']).toBe(1)
  // Of the others, those that had not been begun never were.
  expect(Object.values(outcomes).reduce((a, b) => a + b)).toBeLessThanOrEqual(16)
})
