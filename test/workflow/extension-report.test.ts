import { expect, test } from '@jest/globals'
import { leadOf } from '../../src/workflow/extension-report.js'

test('images of which only features are kept are counted, be it one', () => {
  const lead = (unseen: number) => leadOf(Array.from({ length: 9 }, (_, i) => ({ file: i < unseen ? null : 'a.jpg' })))
  expect(lead(0)).toMatch(/^Each of 9 images was judged .* of the same kind\.$/)
  expect(lead(1)).toMatch(/ Of one of them, .* only features are kept: it counts, and cannot be shown\.$/)
  expect(lead(2)).toMatch(/ Of 2 of them, .* only features are kept: they count, and cannot be shown\.$/)
})
