import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { batches } from '../../src/core/batches.js'

/** Milliseconds. Nothing below depends on this value, however slow the machine. */
const patience = 10

async function all<T>(groups: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const group of groups) list.push(group)
  return list
}

/** A promise, and the function that resolves it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

describe('batches', () => {
  test('gathers items in order; the last group may be smaller', async () => {
    expect(await all(batches([1, 2, 3, 4, 5], 2, patience))).toEqual([[1, 2], [3, 4], [5]])
    expect(await all(batches([], 2, patience))).toEqual([])
  })

  test('answers with what there is when nothing more comes for a while', async () => {
    const { opened, open } = gate()
    async function* slow() {
      yield 1
      yield 2
      await opened
      yield 3
    }
    const groups = batches(slow(), 8, patience)
    expect(await groups.next()).toEqual({ value: [1, 2], done: false })
    open()
    expect(await all(groups)).toEqual([[3]])
  })

  test('passes an error of the source on', async () => {
    const { opened, open } = gate()
    async function* broken() {
      yield 1
      await opened
      throw new Error('the pipe is cut')
    }
    const groups = batches(broken(), 8, patience)
    expect(await groups.next()).toEqual({ value: [1], done: false })
    open()
    await expect(groups.next()).rejects.toThrow('the pipe is cut')
  })

  test('ends its source when the reader stops early, without waiting for it', async () => {
    let ended = 0
    const source: AsyncIterableIterator<number> = {
      [Symbol.asyncIterator]: () => source,
      next: () => (ended === 0 ? Promise.resolve({ value: 1, done: false }) : new Promise(() => undefined)),
      return() {
        ended++
        return new Promise(() => undefined)
      },
    }
    for await (const group of batches(source, 2, patience)) {
      expect(group).toEqual([1, 1])
      break
    }
    await setImmediate()
    expect(ended).toBe(1)
  })

  test('does not end a source that has ended by itself', async () => {
    let ended = 0
    const source: IterableIterator<number> = {
      [Symbol.iterator]: () => source,
      next: () => ({ value: undefined, done: true }),
      return() {
        ended++
        return { value: undefined, done: true }
      },
    }
    expect(await all(batches(source, 2))).toEqual([])
    expect(ended).toBe(0)
  })
})
