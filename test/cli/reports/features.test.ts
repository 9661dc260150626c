import { expect, test } from '@jest/globals'
import { describeMerge } from '../../../src/cli/reports/features.js'

test.each([
  [1, 'Read 3 views from 1 part; 1 was new.'],
  [2, 'Read 3 views from 1 part; 2 were new.'],
])('of parts with %i new views it says so', (added, text) => {
  expect(describeMerge({ parts: 1, views: 3, added })).toBe(text)
})
