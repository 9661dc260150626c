import { expect, test } from '@jest/globals'
import { isSamePicture } from '../../../src/advice/faults/same-picture.js'
import { gridSide, type Look } from '../../../src/image/look.js'
import { createRandom } from '../../../src/math/random.js'
import { copiesByPixels, describeDuplicates, firstCopies } from '../../../src/advice/faults/duplicates.js'

const names = ['a', 'b']

/** What a picture looks like; only its luma counts. */
function look(luma: Uint8Array): Look {
  const rest = { width: 64, height: 64, format: 'PNG', jpegQuality: undefined, camera: undefined }
  return { ...rest, brightness: 0, contrast: 0, colourfulness: 0, luma }
}

test('a chain of pictures of which only neighbours are one is no group', () => {
  // Each picture is new in some rows, and has the others of the one before it.
  const random = createRandom('chain')
  const noise = () => Uint8Array.from({ length: gridSide ** 2 }, () => random.integer(256))
  const lumas = [noise()]
  for (let i = 1; i < 8; i++) {
    const next = Uint8Array.from(lumas[i - 1]!)
    next.set(noise().subarray(0, 8 * gridSide), 8 * (i - 1) * gridSide)
    lumas.push(next)
  }
  const chain = lumas.map((luma, i) => ({
    ...of(`${i}`, 0),
    look: look(luma),
    neighbours: [i - 1, i + 1].filter((j) => lumas[j] !== undefined),
  }))
  expect(isSamePicture(lumas[0]!, lumas[1]!)).toBe(true)
  expect(isSamePicture(lumas[0]!, lumas[7]!)).toBe(false)
  const roots = copiesByPixels(chain)
  expect(roots.slice(0, 2)).toEqual([0, 0])
  expect(roots[7]).not.toBe(0)
})
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
    { files: ['b/2', 't/1'], labels: ['b', 'a'], testLabels: 1, kind: 'exact', test: 1 },
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
