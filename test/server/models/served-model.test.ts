import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ProgressEvent } from '../../../src/core/progress.js'
import { PictureDecoder } from '../../../src/server/batching/picture-decoder.js'
import { Places } from '../../../src/server/batching/places.js'
import { ServedModel, type ModelSource } from '../../../src/server/models/served-model.js'
import { tinyPlace, type TinyPlace } from '../../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  await place.add({ add: [await place.draw('colours', { red: 5, green: 5 })], rehearsal: 'none' })
  cpSync(place.path('bundle'), place.path('served'), { recursive: true })
  await place.add({ model: place.path('bundle'), input: {}, add: [await place.draw('sky', { blue: 5 })] })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hooks = { onStage: () => undefined, onQueueLength: () => undefined, onBatch: () => undefined }
const scorer = { places: new Places(8, hooks.onQueueLength), decoder: new PictureDecoder(1e6), waitMs: 1, hooks }

test('what the system refuses to open is opened once it no longer does, though no file has changed', async () => {
  const warnings: ProgressEvent[] = []
  let isRefused = false
  const source: ModelSource = {
    open: {
      model: place.path('served'),
      onProgress: (event) => void (event.type === 'warning' && warnings.push(event)),
      get device() {
        if (isRefused) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
        return 'cpu' as const
      },
    },
    scorer,
  }
  const model = await ServedModel.open('tiny', source)
  renameSync(place.path('served'), place.path('earlier'))
  cpSync(place.path('bundle'), place.path('served'), { recursive: true })
  isRefused = true
  for (let i = 0; i < 3; i++) await model.refresh()
  expect(warnings).toHaveLength(1)
  using before = model.lease()
  isRefused = false
  await model.refresh()
  using after = model.lease()
  expect([before.revision, after.revision]).toEqual([1, 2])
  await model.close(1000)
})
