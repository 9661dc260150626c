import { expect, test } from '@jest/globals'
import { describeDuplicates, firstCopies } from '../../../src/advice/faults/duplicates.js'

const names = ['a', 'b']
const of = (file: string, column: number, isTest = false) => ({ file, column, ...(isTest ? { isTest } : {}) })

test('copies across the test come first, then those across classes, then the larger group; equal files are exact', () => {
  const pictures = [of('a/1', 0), of('a/2', 0), of('a/3', 0), of('b/1', 1), of('b/2', 1), of('t/1', 0, true)]
  //                 a/1 ~ a/2 (near, one class), a/3 ~ b/1 (near, two classes), b/2 = t/1
  const roots = [0, 0, 2, 2, 4, 4]
  const twins = [
    [of('b/2', 1), of('t/1', 0, true)],
    [of('a/1', 0), of('a/1-again', 0)],
  ]
  expect(describeDuplicates(pictures, roots, twins, names)).toEqual([
    { files: ['b/2', 't/1'], labels: ['b', 'a'], kind: 'exact', test: 1 },
    { files: ['a/3', 'b/1'], labels: ['a', 'b'], kind: 'near', test: 0 },
    { files: ['a/1', 'a/1-again', 'a/2'], labels: ['a'], kind: 'near', test: 0 },
  ])
})

test('equal files of several classes are one group, though their pictures are several', () => {
  const pictures = [of('a/1', 0), of('b/1', 1)]
  const twins = [[of('a/1', 0), of('b/1', 1), of('b/2', 1)]]
  expect(describeDuplicates(pictures, [0, 1], twins, names)).toEqual([
    { files: ['a/1', 'b/1', 'b/2'], labels: ['a', 'b'], kind: 'exact', test: 0 },
  ])
})

test('a file that is a test image too is a copy of itself', () => {
  const [one, tested] = [of('a/1', 0), of('a/1', 0, true)]
  const pictures = [one, of('b/1', 1), tested]
  expect(describeDuplicates(pictures, [0, 1, 0], [[one, tested]], names)).toEqual([
    { files: ['a/1', 'a/1'], labels: ['a'], kind: 'exact', test: 1 },
  ])
})

test('without copies there is no group', () => {
  expect(describeDuplicates([of('a/1', 0), of('b/1', 1)], [0, 1], [], names)).toEqual([])
})

test('a copy counts once in its class, and a copy in another class for itself', () => {
  expect(firstCopies([of('1', 0), of('2', 0), of('3', 1), of('4', 1)], [0, 0, 0, 0])).toEqual([0, 0, 2, 2])
})
