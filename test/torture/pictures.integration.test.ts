import { expect, test } from '@jest/globals'
import { attacked, mutations } from '../../torture/pictures/section.js'

const task = (count: number) => ({ count, seed: 1, signal: new AbortController().signal, say: () => undefined })

test('mutated pictures of every format are read or refused, each time with the same pixels', async () => {
  const { tried, faults, figures } = await mutations(task(300))
  expect(faults).toEqual([])
  expect(tried).toBe(300)
  // Mutations that leave nothing of a picture would try nothing.
  expect(figures['read all the same']).toBeGreaterThan(30)
}, 120_000)

test('pictures made to take too much take little, or are refused', async () => {
  const { tried, faults } = await attacked(
    task(1),
    /frames on a canvas|texts unpack|its own tile|one column$|pages|says it is/,
  )
  expect(faults).toEqual([])
  expect(tried).toBeGreaterThan(8)
}, 120_000)
