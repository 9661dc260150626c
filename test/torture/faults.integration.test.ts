import { expect, test } from '@jest/globals'
import { section } from '../../torture/faults/section.js'

test.each([
  ['the old or the new bundle', 4, /^remove: /],
  ['the old or the new file', 5, /^export-onnx: EIO/],
])('whichever call fails, a command leaves %s, and says what happened', async (_, count, only) => {
  const { signal } = new AbortController()
  const { faults, tried, skipped = [] } = await section.run({ count, seed: 1, only, signal, say: () => undefined })
  expect(faults).toEqual([])
  expect(tried + skipped.length).toBeGreaterThan(0)
})
