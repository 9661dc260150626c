import { expect, test } from '@jest/globals'
import { section } from '../../torture/faults/section.js'

test('whichever call fails, a command leaves the old or the new bundle, and says what happened', async () => {
  const { signal } = new AbortController()
  const {
    faults,
    tried,
    skipped = [],
  } = await section.run({ count: 4, seed: 1, only: /^remove: /, signal, say: () => undefined })
  expect(faults).toEqual([])
  expect(tried + skipped.length).toBeGreaterThan(0)
})
