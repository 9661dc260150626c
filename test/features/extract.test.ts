import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { extract, viewKeysOf, type Extractor, type HashedImage } from '../../src/features/extract.js'
import { openStore, type BottleneckStore } from '../../src/features/store.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { hashFile } from '../../src/core/hash-file.js'
import { plainView, type View } from '../../src/image/types.js'
import { openSession, type Session } from '../../src/runtime/session.js'
import { asIs, encoder, paint } from '../image/pictures.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { entryOf } from './entries.js'
import { tinyBackbone } from './tiny-backbone.js'

const size = { width: 4, height: 3 }
const mirrored: View = { mirror: true }

/** Picture `i`, told from the others by its colours; the pixel at (x, y) is [i, x, y + 100]. */
const picture = (i: number) => paint(size.width, size.height, (x, y) => [i, x, y + 100])

function firstRow(i: number, mirror: boolean): number[] {
  const columns = mirror ? [3, 2, 1, 0] : [0, 1, 2, 3]
  return columns.flatMap((x) => [i, x, 100])
}

const folder = temporaryFolder()
let session: Session
let store: BottleneckStore
let batches: number[]
let extractor: Extractor

beforeEach(async () => {
  store = await openStore(join(folder(), 'cache'))
  session = await openSession(tinyBackbone())
  batches = []
  const counting: Session = {
    ...session,
    run(inputs, outputs) {
      batches.push(inputs['image']!.dims[0]!)
      return session.run(inputs, outputs)
    },
  }
  extractor = { session: counting, store, preprocess: asIs(size), graphKey: 'tiny' }
})
afterEach(async () => {
  await session.close()
  await store.close()
})

/** Writes pictures 0..count-1 as PNG files. */
async function imageFiles(count: number, views: readonly View[] = [plainView]): Promise<HashedImage[]> {
  const images: HashedImage[] = []
  for (let i = 0; i < count; i++) {
    const file = join(folder(), `${i}.png`)
    await encoder(picture(i)).png().toFile(file)
    images.push({ file, hash: await hashFile(file), views })
  }
  return images
}

describe('extract', () => {
  test('stores what the backbone says of every view, in the order of images and views', async () => {
    const images = await imageFiles(11, [mirrored, plainView])
    const { keys, unreadable, computed } = await extract(extractor, images, 'extract')
    expect({ unreadable, computed, batches }).toEqual({ unreadable: [], computed: 22, batches: [8, 8, 6] })
    keys.forEach((ofImage, i) => {
      const found = ofImage!.map((key) => store.get(key)!)
      expect(found.map(({ features }) => [...features])).toEqual([firstRow(i, true), firstRow(i, false)])
      expect(found.map(({ logits }) => [...logits])).toEqual([
        [i - 100, 3],
        [i - 100, 0],
      ])
    })
  })

  test('computes nothing a second time, and only what is new a third', async () => {
    const images = await imageFiles(3)
    const first = await extract(extractor, images, 'extract')
    batches.length = 0
    const second = await extract(extractor, images, 'extract')
    expect(second).toEqual({ ...first, computed: 0 })
    expect(batches).toEqual([])
    const both = images.map((image) => ({ ...image, views: [plainView, mirrored] }))
    expect(await extract(extractor, both, 'extract')).toMatchObject({ computed: 3 })
    expect(batches).toEqual([3])
  })

  test('needs no file that it knows', async () => {
    const images = await imageFiles(2)
    await extract(extractor, images, 'extract')
    const moved = images.map((image) => ({ ...image, file: join(folder(), 'moved', 'away.png') }))
    expect(await extract(extractor, moved, 'extract')).toMatchObject({ computed: 0, unreadable: [] })
  })

  test('another backbone or preprocess shares nothing', async () => {
    const images = await imageFiles(1)
    const { keys } = await extract(extractor, images, 'extract')
    const other = await extract({ ...extractor, graphKey: 'other' }, images, 'extract')
    const preprocess = { ...extractor.preprocess, cropFraction: 0.9 }
    const cropped = await extract({ ...extractor, preprocess }, images, 'extract')
    expect([other.computed, cropped.computed]).toEqual([1, 1])
    expect(new Set([keys[0]![0], other.keys[0]![0], cropped.keys[0]![0]]).size).toBe(3)
  })

  test('reports images that cannot be read and goes on with the others', async () => {
    const images = await imageFiles(4)
    const broken = join(folder(), 'broken.png')
    await writeFile(broken, 'not a picture')
    const missing = join(folder(), 'missing.png')
    images.splice(1, 0, { file: broken, hash: await hashFile(broken), views: [plainView, mirrored] })
    images.push({ file: missing, hash: 'missing', views: [plainView] })
    const events: ProgressEvent[] = []
    const result = await extract(extractor, images, 'extract', { onProgress: (event) => events.push(event) })
    expect(result.unreadable).toEqual([
      { file: broken, reason: expect.stringContaining(broken) },
      { file: missing, reason: expect.stringContaining(missing) },
    ])
    expect(result.keys.map((keys) => keys?.length)).toEqual([1, undefined, 1, 1, 1, undefined])
    expect([...store.get(result.keys[2]![0]!)!.features]).toEqual(firstRow(1, false))
    expect(result.computed).toBe(4)
    const warnings = events.filter(({ type }) => type === 'warning')
    expect(warnings.map((event) => 'code' in event && event.code)).toEqual(['UNREADABLE_IMAGE', 'UNREADABLE_IMAGE'])
  })

  test('puts nothing of a picture that was replaced under the hash of the one before', async () => {
    const images = await imageFiles(3)
    await encoder(picture(9)).png().toFile(images[1]!.file)
    const { keys, unreadable, computed } = await extract(extractor, images, 'extract')
    const reason = `Cannot use "${images[1]!.file}": it was changed while it was read; run the command again.`
    expect(unreadable).toEqual([{ file: images[1]!.file, reason }])
    expect([computed, keys[1]]).toEqual([2, undefined])
    expect(viewKeysOf(extractor, images[1]!).filter((key) => store.has(key))).toEqual([])
  })

  test('leaves out an image of which a view gives no finite numbers, and stores nothing of it', async () => {
    const images = await imageFiles(3, [plainView, mirrored])
    // Pictures are told by the red of their first pixel; the mirror image of the second gives what is no number.
    const odd: Session = {
      ...session,
      async run(inputs, outputs) {
        const results = await session.run(inputs, outputs)
        const features = results['features']!.data as Float32Array
        for (let row = 0; row < features.length; row += 12) {
          if (features[row] === 1 && features[row + 1] === 3) features[row + 5] = NaN
        }
        return results
      },
    }
    const events: ProgressEvent[] = []
    const onProgress = (event: ProgressEvent) => events.push(event)
    const result = await extract({ ...extractor, session: odd }, images, 'extract', { onProgress })
    const reason = `Cannot use "${images[1]!.file}": the model answers it with features that are no finite numbers, as some do for pictures of one colour; replace or remove it.`
    expect(result.unreadable).toEqual([{ file: images[1]!.file, reason }])
    expect(result.keys.map((keys) => keys?.length)).toEqual([2, undefined, 2])
    expect(result.computed).toBe(4)
    expect(events).toContainEqual({ type: 'warning', code: 'UNREADABLE_IMAGE', message: reason })
    expect(viewKeysOf(extractor, images[1]!).filter((key) => store.has(key))).toEqual([])
  })

  test('computes anew what the store has of another shape', async () => {
    const images = await imageFiles(2)
    const { keys } = await extract(extractor, images, 'extract')
    store.putAll([entryOf(keys[1]![0]!, 13, 2)])
    const shape = { dim: 12, classes: 2 }
    expect(await extract({ ...extractor, shape }, images, 'extract')).toMatchObject({ computed: 1 })
    expect(store.get(keys[1]![0]!)!.features).toHaveLength(12)
  })

  test('progress starts with what is known, never falls, and ends at the total', async () => {
    const images = await imageFiles(5)
    await extract(extractor, images.slice(0, 2), 'extract')
    const done: number[] = []
    await extract(extractor, images, 'rehearse', {
      onProgress(event) {
        expect(event).toMatchObject({ type: 'progress', stage: 'rehearse', total: 5, unit: 'images' })
        if (event.type === 'progress') done.push(event.done)
      },
    })
    expect(done).toEqual([2, 3, 4, 5])
  })

  test('stops between two images; what is done by then need not be done again', async () => {
    const images = await imageFiles(20)
    const controller = new AbortController()
    const onProgress = (event: ProgressEvent) => {
      if (event.type === 'progress' && event.done === 10) controller.abort()
    }
    const stopped = extract(extractor, images, 'extract', { signal: controller.signal, onProgress })
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await extract(extractor, images, 'extract')).toMatchObject({ computed: 10 })
  })

  test('has nothing to do for no images', async () => {
    expect(await extract(extractor, [], 'extract')).toEqual({ keys: [], unreadable: [], computed: 0 })
  })
})
