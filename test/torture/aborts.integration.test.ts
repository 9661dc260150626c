import { expect, test } from '@jest/globals'
import { section } from '../../torture/aborts/section.js'

test('calls that are aborted at random instants end soon, and leave a whole bundle and nothing else', async () => {
  const { signal } = new AbortController()
  const { tried, faults, figures } = await section.run({ count: 6, seed: 2, signal, say: () => undefined })
  expect(faults).toEqual([])
  expect(tried).toBe(6)
  expect(figures['aborted']).toBeGreaterThan(0)
})
