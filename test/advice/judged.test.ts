import { expect, test } from '@jest/globals'
import { judgedClasses } from '../../src/advice/judged.js'
import type { Look } from '../../src/image/look.js'

/** So many images a column, none a copy, all looked at, and the classes that can be judged. */
function judged(counts: readonly number[], pictures: readonly number[] = counts) {
  const images = counts.flatMap((count, column) => Array.from({ length: count }, () => ({ file: '', column })))
  return judgedClasses(
    images,
    [...images.keys()],
    images.map(() => ({}) as Look),
    pictures,
  )
}

test('a list is about the classes with pictures enough for it', () => {
  expect(judged([8, 7, 5, 4, 3, 2])).toEqual({ giveaways: 1, labels: 5, outliers: 3 })
  expect(judged([])).toEqual({ giveaways: 0, labels: 0, outliers: 0 })
})

test('a single class has no other to be told from, and seven others are too few', () => {
  expect(judged([40])).toEqual({ giveaways: 0, labels: 0, outliers: 1 })
  expect(judged([40, 7])).toEqual({ giveaways: 0, labels: 2, outliers: 2 })
})

test('what heads learned from counts, copies do not, nor what could not be looked at', () => {
  expect(judged([20, 20], [2, 9]).labels).toBe(1)
  const images = Array.from({ length: 20 }, (_, i) => ({ file: `${i}`, column: i % 2 }))
  const copies = images.map((_, i) => i % 2)
  expect(
    judgedClasses(
      images,
      copies,
      images.map(() => undefined),
      [1, 1],
    ),
  ).toEqual({
    giveaways: 0,
    labels: 0,
    outliers: 0,
  })
})
