import { expect, test } from '@jest/globals'
import { rounds } from '../../src/preprocessing/trial-rounds.js'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

test.each([1, 6, 14, 47, 48, 96])('%d pictures are each asked once, six before the others', (count) => {
  const parts = rounds(numbers(count))
  expect(parts.flat().sort((a, b) => a - b)).toEqual(numbers(count))
  expect(parts[0]).toHaveLength(Math.min(6, count))
})

test('of many, quarters and a half, each spread over all', () => {
  expect(rounds(numbers(96)).map((part) => part.length)).toEqual([6, 18, 24, 48])
})
