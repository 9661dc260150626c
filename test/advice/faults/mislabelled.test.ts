import { expect, test } from '@jest/globals'
import { rankLabels } from '../../../src/advice/faults/mislabelled.js'

const names = ['a', 'b', 'c']

test('ranks by the probability of the own class, and marks those that are as sure of another as its images are', () => {
  const rows: [number, number, number, number][] = [
    // column, then probabilities
    [0, 0.9, 0.05, 0.05],
    [0, 0.7, 0.2, 0.1],
    // As sure of b as the images of b in the mean: (0.8 + 0.6 + 0.1) / 3 = 0.5.
    [0, 0.2, 0.7, 0.1],
    [1, 0.1, 0.8, 0.1],
    [1, 0.2, 0.6, 0.2],
    // Of no class sure enough: a needs 0.6.
    [1, 0.55, 0.1, 0.35],
  ]
  const images = rows.map(([column], i) => ({ file: `${i}`, column }))
  const ranked = rankLabels(images, Float32Array.from(rows.flatMap(([, ...p]) => p)), names, [3, 3, 0])
  expect(ranked.map(({ file }) => file)).toEqual(['5', '2', '4', '1', '3', '0'])
  const likely = ranked.filter((one) => one.likely)
  expect(likely).toHaveLength(1)
  expect(likely[0]).toMatchObject({ file: '2', label: 'a', suggested: 'b' })
  expect(likely[0]!.score).toBeCloseTo(0.8, 6)
  expect(ranked[0]).toMatchObject({ label: 'b', suggested: 'a', likely: false })
})

test('an image whose own class is all but ruled out is marked, though two others share it', () => {
  const rows: [number, number, number, number][] = [
    [0, 0.04, 0.5, 0.46],
    [0, 0.06, 0.5, 0.44],
    [0, 0.9, 0.05, 0.05],
    [1, 0.1, 0.9, 0],
    [2, 0, 0.1, 0.9],
  ]
  const images = rows.map(([column], i) => ({ file: `${i}`, column }))
  const ranked = rankLabels(images, Float32Array.from(rows.flatMap(([, ...p]) => p)), names, [3, 3, 3])
  expect(ranked.map(({ file, likely }) => [file, likely]).slice(0, 2)).toEqual([
    ['0', true],
    ['1', false],
  ])
})

test('the suggestion is never the own class, even where that is the best', () => {
  const [only] = rankLabels([{ file: '0', column: 2 }], Float32Array.of(0.3, 0.1, 0.6), names, [3, 3, 3])
  expect(only).toMatchObject({ label: 'c', suggested: 'a' })
})

test('one class has no wrong folders', () => {
  expect(rankLabels([{ file: '0', column: 0 }], Float32Array.of(1), ['a'], [3])).toEqual([])
})

test('of a class with fewer than three pictures nothing is said, and nothing is taken for its own', () => {
  const rows: [number, number, number, number][] = [
    [0, 0.9, 0.05, 0.05],
    [0, 0.8, 0.1, 0.1],
    // Surer of c than its only picture is, which no head without it can know.
    [0, 0.3, 0.3, 0.4],
    [1, 0.95, 0.01, 0.04],
    [1, 0.95, 0.01, 0.04],
    [2, 0.99, 0.01, 0],
  ]
  const images = rows.map(([column], i) => ({ file: `${i}`, column }))
  const ranked = rankLabels(images, Float32Array.from(rows.flatMap(([, ...p]) => p)), names, [3, 2, 1])
  expect(ranked.map(({ file }) => file)).toEqual(['2', '1', '0', '3', '4', '5'])
  expect(ranked.filter(({ likely }) => likely)).toEqual([])
  expect(ranked.slice(3).map(({ score }) => score)).toEqual([0, 0, 0])
})
