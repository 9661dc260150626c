import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, jest, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { Segment } from '../../src/features/segment.js'
import { bottleneckKey, clearStore, openStore, storeSize } from '../../src/features/store.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { entryOf, keyOf } from './entries.js'

const folder = temporaryFolder()

/** A half float keeps 11 bits: rounding is off by half a unit in the last of them at most. */
const halfFloatError = 2 ** -11

describe('openStore', () => {
  test('keeps logits exactly and features as half floats, over closing and opening again', async () => {
    const entries = ['a', 'b', 'c'].map((key) => entryOf(key))
    const store = await openStore(folder())
    store.putAll(entries)
    await store.close()
    const again = await openStore(folder())
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
    const store = await openStore(folder())
    store.putAll([entryOf('a')])
    expect(store.has(keyOf('b'))).toBe(false)
    expect(store.get(keyOf('b'))).toBeUndefined()
    await store.close()
  })

  test('an entry may have any sizes, even or odd, and be replaced', async () => {
    const store = await openStore(folder())
    for (const [dim, classes] of [
      [1, 1],
      [2, 3],
      [1023, 1001],
    ] as const) {
      store.putAll([entryOf('a', dim, classes)])
      const { features, logits } = store.get(keyOf('a'))!
      expect([features.length, logits.length]).toEqual([dim, classes])
    }
    await store.close()
  })

  test('what it gives stays as it is when the store goes on', async () => {
    const store = await openStore(folder())
    store.putAll([entryOf('a')])
    const found = store.get(keyOf('a'))!
    const before = { features: found.features.slice(), logits: found.logits.slice() }
    store.putAll(Array.from({ length: 50 }, (_, i) => entryOf(`more${i}`)))
    await store.close()
    expect(found).toEqual(before)
  })

  test('counts an entry with what is no number, or of another shape, as missing', async () => {
    const store = await openStore(folder())
    const [, { features, logits }] = entryOf('a', 7, 5)
    const entries = {
      sound: { features, logits },
      features: { features: features.map(() => NaN), logits },
      logits: { features, logits: logits.map(() => Infinity) },
    }
    store.putAll(Object.entries(entries).map(([name, entry]) => [keyOf(name), entry]))
    expect(Object.keys(entries).filter((name) => store.has(keyOf(name)))).toEqual(['sound'])
    expect(Object.keys(entries).filter((name) => store.get(keyOf(name)) !== undefined)).toEqual(['sound'])
    expect(store.has(keyOf('sound'), { dim: 7, classes: 5 })).toBe(true)
    expect(store.has(keyOf('sound'), { dim: 8, classes: 5 })).toBe(false)
    expect(store.has(keyOf('sound'), { dim: 7, classes: 4 })).toBe(false)
    await store.close()
  })

  test('writes all entries or none', async () => {
    const store = await openStore(folder())
    const broken = [keyOf('b'), { features: null, logits: null }] as never
    expect(() => store.putAll([entryOf('a'), broken])).toThrow()
    expect(store.has(keyOf('a'))).toBe(false)
    store.putAll([entryOf('a')])
    expect(store.has(keyOf('a'))).toBe(true)
    await store.close()
  })

  test('two processes write and read one folder at once', async () => {
    const count = 60
    const writer = fileURLToPath(new URL('./store-writer.js', import.meta.url))
    const child = fork(writer, [folder(), 'theirs', 'ours', String(count)])
    await once(child, 'message')
    const store = await openStore(folder())
    const written = once(child, 'message')
    child.send('go')
    for (let i = 0; i < count; i++) {
      store.putAll([entryOf(`ours${i}`)])
      // A third one that looks what is there.
      await (await openStore(folder())).close()
    }
    await written
    await store.close()
    const again = await openStore(folder())
    for (let i = 0; i < count; i++)
      expect(again.get(keyOf(`theirs${i}`))!.logits).toEqual(entryOf(`theirs${i}`)[1].logits)
    await again.close()
    const answer = once(child, 'message')
    child.send('read')
    expect(await answer).toEqual([count, undefined])
    await once(child, 'exit')
  })
})

describe('openStore says in one sentence', () => {
  test('that something else is in the way', async () => {
    const path = join(folder(), 'cache')
    await writeFile(path, 'a file')
    for (const place of [path, join(path, 'below')]) {
      await expect(openStore(place)).rejects.toMatchObject({
        code: 'IO',
        message: expect.stringMatching(new RegExp(`^Cannot open the bottleneck cache in ${place}: [^.]+\\.$`)),
      })
    }
  })

  const isRoot = process.getuid?.() === 0
  const testUnlessRoot = isRoot ? test.skip : test
  testUnlessRoot('that the folder may not be written (skipped for root, who may write everywhere)', async () => {
    await chmod(folder(), 0o500)
    await expect(openStore(join(folder(), 'cache'))).rejects.toMatchObject({
      code: 'IO',
      message: expect.stringContaining('permission is denied'),
    })
  })
})

describe('a damaged store', () => {
  const names = Array.from({ length: 40 }, (_, i) => `entry ${i}`)

  async function filled(): Promise<void> {
    await using store = await openStore(folder())
    // In several writes.
    for (let i = 0; i < names.length; i += 8) store.putAll(names.slice(i, i + 8).map((name) => entryOf(name)))
  }

  /** Which entries it gives; those that it gives are right. */
  async function given(): Promise<boolean[]> {
    await using store = await openStore(folder())
    return names.map((name) => {
      const found = store.get(keyOf(name))
      expect(store.has(keyOf(name))).toBe(found !== undefined)
      if (found !== undefined) expect(found.logits).toEqual(entryOf(name)[1].logits)
      return found !== undefined
    })
  }

  test.each<[string, () => Promise<unknown>]>([
    ['cut off', () => truncate(join(folder(), '0.entries'), 10_000)],
    ['whose index is cut off within a row', () => truncate(join(folder(), '0.index'), 1000)],
    ['of other content', () => writeFile(join(folder(), '0.entries'), 'x'.repeat(100_000))],
    ['whose index is of other content', () => writeFile(join(folder(), '0.index'), 'x'.repeat(100_000))],
    ['without an index', () => rm(join(folder(), '0.index'))],
    ['without entries', () => rm(join(folder(), '0.entries'))],
    ['whose index is a folder', () => rm(join(folder(), '0.index')).then(() => mkdir(join(folder(), '0.index')))],
    ['whose entries are a pipe', () => makePipe(join(folder(), '0.entries'))],
  ])('%s lacks entries, gives none that is wrong, and mends itself', async (_, damage) => {
    await filled()
    await damage()
    const found = await given()
    expect(found).toContain(false)
    await filled()
    expect(await given()).not.toContain(false)
  })

  test('whose device fails while it is opened, or read, is an error that names it; what was opened is closed', async () => {
    const path = join(folder(), 'store')
    const kept = await openStore(path)
    kept.putAll([entryOf('a')])
    await kept.close()
    const failing = (): never => {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
    }
    const error = {
      code: 'IO',
      message: `Cannot read the bottleneck cache in ${path}: the device reports an error; check it.`,
    }
    const places = jest.spyOn(Segment.prototype, 'places').mockImplementationOnce(failing)
    await expect(openStore(path)).rejects.toMatchObject(error)
    places.mockRestore()
    // The segment is free again: no second one is made.
    const store = await openStore(path)
    expect((await readdir(path)).filter((name) => name.endsWith('.index'))).toEqual(['0.index'])
    const read = jest.spyOn(Segment.prototype, 'read').mockImplementationOnce(failing)
    expect(() => store.get(keyOf('a'))).toThrow(expect.objectContaining(error))
    read.mockRestore()
    await store.close()
  })

  test('gives the earlier one of two entries where the later one is damaged', async () => {
    await filled()
    const { size } = await stat(join(folder(), '0.entries'))
    await filled()
    await truncate(join(folder(), '0.entries'), size)
    expect(await given()).not.toContain(false)
  })

  test('says so where an entry goes while it is in use', async () => {
    await filled()
    await using store = await openStore(folder())
    await truncate(join(folder(), '0.entries'), 0)
    expect(() => store.read(keyOf(names[0]!))).toThrow(
      new NpluskError(
        'IO',
        `The bottleneck cache in ${folder()} was damaged while it was read; run the command again.`,
      ),
    )
  })

  test('to which another process adds unseen, as in another container, is left to it', async () => {
    await filled()
    await using store = await openStore(folder())
    await appendFile(join(folder(), '0.entries'), 'theirs')
    store.putAll([entryOf('ours')])
    const ours = (await readdir(folder())).filter((name) => /^[0-9a-f]{16}\.entries$/.test(name))
    expect(ours).toHaveLength(1)
    expect((await readFile(join(folder(), '0.entries'))).subarray(-6).toString()).toBe('theirs')
    expect(store.has(keyOf('ours'))).toBe(true)
  })
})

async function makePipe(path: string): Promise<void> {
  await rm(path)
  execFileSync('mkfifo', [path])
}

describe('storeSize and clearStore', () => {
  test('count bytes and delete them; a store can be made again', async () => {
    const place = join(folder(), 'cache')
    expect(await storeSize(place)).toBe(0)
    const store = await openStore(place)
    store.putAll([entryOf('a', 10_000)])
    await store.close()
    expect(await storeSize(place)).toBeGreaterThan(20_000)
    await clearStore(place)
    expect(await storeSize(place)).toBe(0)
    expect(await readdir(folder())).toEqual([])
    const again = await openStore(place)
    expect(again.has(keyOf('a'))).toBe(false)
    await again.close()
  })

  test('clear it under a process that goes on: it keeps what it has, and works on', async () => {
    const place = join(folder(), 'cache')
    await using store = await openStore(place)
    store.putAll([entryOf('a')])
    await clearStore(place)
    store.putAll([entryOf('b')])
    expect(['a', 'b'].map((name) => store.read(keyOf(name)).logits)).toEqual(
      ['a', 'b'].map((name) => entryOf(name)[1].logits),
    )
    const writer = store.writer(2)
    writer.add(Uint16Array.of(1, 2))
    const row = new Uint16Array(2)
    writer.done().copy(0, 1, row)
    expect([...row]).toEqual([1, 2])
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
