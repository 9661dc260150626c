import { expect, test } from '@jest/globals'
import { attacked, mutations } from '../../torture/pictures/section.js'

const task = (count: number) => ({ count, seed: 1, signal: new AbortController().signal, say: () => undefined })

test('mutated pictures of every format are read or refused, each time with the same pixels', async () => {
  const { tried, faults, figures } = await mutations(task(300))
  expect(faults).toEqual([])
  expect(tried).toBe(300)
  // Mutations that leave nothing of a picture would try nothing.
  expect(figures['read all the same']).toBeGreaterThan(30)
})

test('pictures made to take too much take little, or are refused', async () => {
  const { tried, faults } = await attacked(
    task(1),
    /10,000 frames$|its own tile|1,000 pages|in a circle|EXIF says|empty texts/,
  )
  expect(faults).toEqual([])
  expect(tried).toBeGreaterThan(6)
})
