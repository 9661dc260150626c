import { expect, test } from '@jest/globals'
import { dealParts } from '../../src/advice/parts.js'

/** The images of classes with so many each, and how many of a class each part has. */
function deal(counts: readonly number[], seed = 0) {
  const label = counts.flatMap((count, one) => Array<number>(count).fill(one))
  const images = [...label.keys()]
  const parts = dealParts(images, label, seed)
  const whole = parts.map(({ judged, beside }) => [...judged, ...beside])
  for (const part of whole) {
    expect(new Set(part).size).toBe(part.length)
    expect(part.length).toBeLessThanOrEqual(2000)
  }
  const judged = parts.flatMap((one) => one.judged).sort((a, b) => a - b)
  expect(judged).toEqual(images)
  const tallies = whole.map((part) => {
    const tally = counts.map(() => 0)
    for (const image of part) tally[label[image]!]!++
    return tally
  })
  const fewest = counts.map((_, one) => Math.min(...tallies.map((tally) => tally[one]!)))
  return { parts, fewest }
}

test('up to 2,000 images are one part, in order', () => {
  const { parts } = deal([1500, 400, 100])
  expect(parts).toEqual([{ judged: [...Array(2000).keys()], beside: [] }])
  expect(dealParts([], [], 0)).toEqual([])
})

test('a class of few images is in every part with all of them, one of more with twenty', () => {
  const { parts, fewest } = deal([6000, 60, 20, 4, 1])
  expect(parts.length).toBeGreaterThan(1)
  expect(fewest.slice(1)).toEqual([20, 20, 4, 1])
  expect(deal([6000, 60, 20, 4, 1]).parts).toEqual(parts)
  expect(deal([6000, 60, 20, 4, 1], 1).parts).not.toEqual(parts)
})

test('where there is no room for twenty, there are as many as there is room for, in twice as many parts at most', () => {
  const small = Array<number>(100).fill(20)
  const { parts, fewest } = deal([8000, ...small])
  expect(parts).toHaveLength(10)
  expect(Math.min(...fewest.slice(1))).toBe(12)
})

test('very many classes share what room there is', () => {
  expect(Math.min(...deal(Array<number>(601).fill(5)).fewest)).toBe(3)
  expect(Math.min(...deal(Array<number>(1500).fill(2)).fewest)).toBeLessThan(3)
})
