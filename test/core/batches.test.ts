import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { batches } from '../../src/core/batches.js'

const patience = 30

async function all<T>(groups: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const group of groups) list.push(group)
  return list
}

describe('batches', () => {
  test('gathers items in order; the last group may be smaller', async () => {
    expect(await all(batches([1, 2, 3, 4, 5], 2, patience))).toEqual([[1, 2], [3, 4], [5]])
    expect(await all(batches([], 2, patience))).toEqual([])
  })

  test('answers with what there is when nothing more comes for a while', async () => {
    async function* slow() {
      yield 1
      yield 2
      await setTimeout(10 * patience)
      yield 3
    }
    expect(await all(batches(slow(), 8, patience))).toEqual([[1, 2], [3]])
  })

  test('passes an error of the source on', async () => {
    async function* broken() {
      yield 1
      await setTimeout(2 * patience)
      throw new Error('the pipe is cut')
    }
    const groups = batches(broken(), 8, patience)
    expect(await groups.next()).toEqual({ value: [1], done: false })
    await expect(groups.next()).rejects.toThrow('the pipe is cut')
  })
})
