import { expect, test } from '@jest/globals'
import { section } from '../../torture/kills/section.js'

test('killed at any instant, a command leaves the old or the new bundle, and the next one works', async () => {
  const { signal } = new AbortController()
  const outcome = await section.run({ count: 2, seed: 1, only: /^add$/, signal, say: () => undefined })
  expect(outcome.faults).toEqual([])
  expect(outcome.tried).toBeGreaterThanOrEqual(2)
})
