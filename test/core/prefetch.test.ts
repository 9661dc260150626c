import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { prefetch, type Settled } from '../../src/core/prefetch.js'

async function all<T>(results: AsyncIterable<Settled<T>>): Promise<Settled<T>[]> {
  const list: Settled<T>[] = []
  for await (const result of results) list.push(result)
  return list
}

describe('prefetch', () => {
  test("yields in the items' order, whichever is ready first", async () => {
    const release: (() => void)[] = []
    const results = all(prefetch([0, 1, 2], 3, (i) => new Promise<number>((done) => (release[i] = () => done(10 * i)))))
    for (const i of [2, 0, 1]) {
      release[i]!()
      await setImmediate()
    }
    expect(await results).toEqual([{ value: 0 }, { value: 10 }, { value: 20 }])
  })

  test('starts at most `depth` ahead of the reader, and reads on as results are taken', async () => {
    const started: number[] = []
    const results = prefetch([0, 1, 2, 3, 4], 2, (i) => {
      started.push(i)
      return Promise.resolve(i)
    })
    expect(started).toEqual([])
    await results.next()
    expect(started).toEqual([0, 1])
    await setImmediate()
    expect(started).toEqual([0, 1])
    await results.next()
    expect(started).toEqual([0, 1, 2])
    expect((await all(results)).length).toBe(3)
  })

  test('counts items by their weight, and begins one in any case', async () => {
    const started: number[] = []
    const work = (i: number) => {
      started.push(i)
      return Promise.resolve(i)
    }
    const results = prefetch([1, 2, 9, 1, 1, 1], 4, work, (weight) => weight)
    const read = async () => {
      const { value } = (await results.next()) as { value: Settled<number> }
      await setImmediate()
      return [value, started.length]
    }
    // With 3 ahead, the third item is begun, and then no other until it is read.
    expect(await read()).toEqual([{ value: 1 }, 3])
    expect(await read()).toEqual([{ value: 2 }, 3])
    expect(await read()).toEqual([{ value: 9 }, 3])
    expect(await read()).toEqual([{ value: 1 }, 6])
  })

  test('puts an error in the place of its item and goes on', async () => {
    const error = new Error('second')
    const work = (i: number) => (i === 1 ? Promise.reject(error) : Promise.resolve(i))
    expect(await all(prefetch([0, 1, 2], 3, work))).toEqual([{ value: 0 }, { error }, { value: 2 }])
  })

  test('leaves no unhandled rejection behind when the reader stops early', async () => {
    const results = prefetch([0, 1], 2, (i) => (i === 1 ? Promise.reject(new Error('unread')) : Promise.resolve(i)))
    await results.next()
    await results.return()
    await setImmediate()
  })

  test('a result that is ready does not wait for an item that is still to come', async () => {
    let come = (): void => undefined
    const later = new Promise<void>((resolve) => (come = resolve))
    async function* items() {
      yield 1
      await later
      yield 2
    }
    const results = prefetch(items(), 3, (i) => Promise.resolve(i))
    expect(await results.next()).toEqual({ done: false, value: { value: 1 } })
    come()
    expect(await all(results)).toEqual([{ value: 2 }])
  })

  test('ends its source when the reader stops early, and fails as it fails', async () => {
    let ended = false
    async function* items() {
      try {
        yield 1
        yield 2
        yield 3
      } finally {
        ended = true
      }
    }
    const results = prefetch(items(), 1, (i) => Promise.resolve(i))
    await results.next()
    await results.return()
    await setImmediate()
    expect(ended).toBe(true)

    async function* broken() {
      yield 1
      await setImmediate()
      throw new Error('source')
    }
    await expect(all(prefetch(broken(), 2, (i) => Promise.resolve(i)))).rejects.toThrow('source')
  })

  test('yields nothing for no items', async () => {
    expect(await all(prefetch([], 4, () => Promise.resolve(1)))).toEqual([])
  })
})
