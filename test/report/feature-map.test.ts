import { expect, test } from '@jest/globals'
import { someOf } from '../../src/report/feature-map.js'

test('of too many places for a map, as many as it takes are evenly taken', () => {
  const all = Array.from({ length: 12 }, (_, place) => place)
  expect(someOf(all, 12)).toEqual(all)
  expect(someOf(all, 20)).toEqual(all)
  expect(someOf(all, 5)).toEqual([0, 2, 4, 7, 9])
})
