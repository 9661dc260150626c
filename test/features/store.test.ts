import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { bottleneckKey, clearStore, openStore, storeSize } from '../../src/features/store.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { entryOf } from './entries.js'

const folder = temporaryFolder()

/** A half float keeps 11 bits: rounding is off by half a unit in the last of them at most. */
const halfFloatError = 2 ** -11

describe('openStore', () => {
  test('keeps logits exactly and features as half floats, over closing and opening again', async () => {
    const entries = ['a', 'b', 'c'].map((key) => entryOf(key))
    const store = openStore(folder())
    store.putAll(entries)
    await store.close()
    const again = openStore(folder())
    for (const [key, { features, logits }] of entries) {
      expect(again.has(key)).toBe(true)
      const found = again.get(key)!
      expect(found.logits).toEqual(logits)
      expect(found.features).toHaveLength(features.length)
      features.forEach((value, i) => {
        expect(Math.abs(found.features[i]! - value)).toBeLessThanOrEqual(halfFloatError * Math.abs(value))
      })
    }
    await again.close()
  })

  test('knows nothing of a key that was not put', async () => {
    const store = openStore(folder())
    store.putAll([entryOf('a')])
    expect(store.has('b')).toBe(false)
    expect(store.get('b')).toBeUndefined()
    await store.close()
  })

  test('an entry may have any sizes, even or odd, and be replaced', async () => {
    const store = openStore(folder())
    for (const [dim, classes] of [
      [1, 1],
      [2, 3],
      [1023, 1001],
    ] as const) {
      store.putAll([entryOf('a', dim, classes)])
      const { features, logits } = store.get('a')!
      expect([features.length, logits.length]).toEqual([dim, classes])
    }
    await store.close()
  })

  test('what it gives stays as it is when the store goes on', async () => {
    const store = openStore(folder())
    store.putAll([entryOf('a')])
    const found = store.get('a')!
    const before = { features: found.features.slice(), logits: found.logits.slice() }
    store.putAll(Array.from({ length: 50 }, (_, i) => entryOf(`more${i}`)))
    await store.close()
    expect(found).toEqual(before)
  })

  test('counts an entry with what is no number, or of another shape, as missing', async () => {
    const store = openStore(folder())
    const [, { features, logits }] = entryOf('a', 7, 5)
    const entries = {
      sound: { features, logits },
      features: { features: features.map(() => NaN), logits },
      logits: { features, logits: logits.map(() => Infinity) },
    }
    store.putAll(Object.entries(entries))
    expect(Object.keys(entries).filter((key) => store.has(key))).toEqual(['sound'])
    expect(Object.keys(entries).filter((key) => store.get(key) !== undefined)).toEqual(['sound'])
    expect(store.has('sound', { dim: 7, classes: 5 })).toBe(true)
    expect(store.has('sound', { dim: 8, classes: 5 })).toBe(false)
    expect(store.has('sound', { dim: 7, classes: 4 })).toBe(false)
    await store.close()
  })

  test('writes all entries or none', async () => {
    const store = openStore(folder())
    const broken = ['b', { features: null, logits: null }] as never
    expect(() => store.putAll([entryOf('a'), broken])).toThrow()
    expect(store.has('a')).toBe(false)
    store.putAll([entryOf('a')])
    expect(store.has('a')).toBe(true)
    await store.close()
  })

  test('two processes write and read one folder at once', async () => {
    const count = 60
    const writer = fileURLToPath(new URL('./store-writer.js', import.meta.url))
    const child = fork(writer, [folder(), 'theirs', 'ours', String(count)])
    await once(child, 'message')
    const store = openStore(folder())
    const written = once(child, 'message')
    child.send('go')
    for (let i = 0; i < count; i++) {
      store.putAll([entryOf(`ours${i}`)])
      // Opening checks the file, which the other process is adding to.
      await openStore(folder()).close()
    }
    await written
    for (let i = 0; i < count; i++) expect(store.get(`theirs${i}`)!.logits).toEqual(entryOf(`theirs${i}`)[1].logits)
    const answer = once(child, 'message')
    child.send('read')
    expect(await answer).toEqual([count, undefined])
    await once(child, 'exit')
    await store.close()
  })
})

describe('openStore says in one sentence', () => {
  test('that something else is in the way', async () => {
    const path = join(folder(), 'cache')
    await writeFile(path, 'a file')
    for (const place of [path, join(path, 'below')]) {
      expect(() => openStore(place)).toThrow(
        expect.objectContaining({
          code: 'IO',
          message: expect.stringMatching(new RegExp(`^Cannot open the bottleneck cache in ${place}: [^.]+\\.$`)),
        }),
      )
    }
  })

  const isRoot = process.getuid?.() === 0
  const testUnlessRoot = isRoot ? test.skip : test
  testUnlessRoot('that the folder may not be written (skipped for root, who may write everywhere)', async () => {
    await chmod(folder(), 0o500)
    expect(() => openStore(join(folder(), 'cache'))).toThrow(
      expect.objectContaining({ code: 'IO', message: expect.stringContaining('permission is denied') }),
    )
  })

  test('that the store is damaged: cut off, or another file', async () => {
    const store = openStore(folder())
    store.putAll(Array.from({ length: 200 }, (_, i) => entryOf(String(i))))
    await store.close()
    const file = join(folder(), 'bottlenecks.lmdb')
    const whole = await readFile(file)
    for (const damage of [
      () => truncate(file, whole.length / 2),
      () => truncate(file, 100),
      () => writeFile(file, 'x'.repeat(100_000)),
    ]) {
      await writeFile(file, whole)
      await damage()
      expect(() => openStore(folder())).toThrow(
        expect.objectContaining({
          code: 'IO',
          message: `The bottleneck cache in ${folder()} is damaged; delete this folder and run again.`,
        }),
      )
    }
  })
})

describe('storeSize and clearStore', () => {
  test('count bytes and delete them; a store can be made again', async () => {
    const place = join(folder(), 'cache')
    expect(await storeSize(place)).toBe(0)
    const store = openStore(place)
    store.putAll([entryOf('a', 10_000)])
    await store.close()
    expect(await storeSize(place)).toBeGreaterThan(20_000)
    await clearStore(place)
    expect(await storeSize(place)).toBe(0)
    expect(await readdir(folder())).toEqual([])
    const again = openStore(place)
    expect(again.has('a')).toBe(false)
    await again.close()
  })

  test('clearing nothing is no error', async () => {
    await clearStore(join(folder(), 'none'))
  })
})

describe('bottleneckKey', () => {
  const parts = { image: 'i', view: 'v', backbone: 'b', preprocess: 'p' }

  test('is another one where any part is', () => {
    const changed = Object.keys(parts).map((part) => bottleneckKey({ ...parts, [part]: 'x' }))
    expect(new Set([bottleneckKey(parts), ...changed]).size).toBe(5)
    expect(bottleneckKey({ ...parts })).toBe(bottleneckKey(parts))
    expect(bottleneckKey(parts)).toMatch(/^[0-9a-f]{64}$/)
  })

  test('does not mix up where one part ends and the next begins', () => {
    expect(bottleneckKey({ ...parts, image: 'iv', view: '' })).not.toBe(
      bottleneckKey({ ...parts, image: 'i', view: 'v' }),
    )
  })
})
