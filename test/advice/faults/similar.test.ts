import { expect, test } from '@jest/globals'
import { similarClasses } from '../../../src/advice/faults/similar.js'

test('pairs are counted both ways, copies once, the surest files first', () => {
  // Column, then probabilities of a, b and c.
  const rows: [number, number, number, number][] = [
    [0, 0.8, 0.1, 0.1],
    [0, 0.3, 0.6, 0.1],
    [0, 0.3, 0.6, 0.1],
    [1, 0.9, 0.1, 0],
    [1, 0.1, 0.9, 0],
    [2, 0.1, 0.5, 0.4],
    [2, 0, 0, 1],
  ]
  const images = rows.map(([column], i) => ({ file: `${i}`, column }))
  const firsts = [0, 1, 1, 3, 4, 5, 6]
  const probabilities = Float32Array.from(rows.flatMap(([, ...own]) => own))
  expect(similarClasses(images, firsts, probabilities, ['a', 'b', 'c'], [3, 3, 3])).toEqual([
    { labels: ['a', 'b'], score: 2 / 4, taken: [1, 1], files: ['3', '1'] },
    { labels: ['b', 'c'], score: 1 / 4, taken: [0, 1], files: ['5'] },
  ])
})

test('what heads say of a class that they hardly know counts for nothing', () => {
  const images = [0, 1].map((column) => ({ file: `${column}`, column }))
  expect(similarClasses(images, [0, 1], Float32Array.of(0.1, 0.9, 0.9, 0.1), ['a', 'b'], [1, 2])).toEqual([])
})
