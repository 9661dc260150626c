import { expect, test } from '@jest/globals'
import { heldOutRows } from '../../src/fine-tuning/held-out-images.js'

/** Rows of old images and of two new classes, so many images of each, in so many views. */
function rowsOf(counts: readonly [number, number, number], views: number) {
  const labels = counts.flatMap((count, i) => new Array<number>(count).fill(i - 1))
  return {
    target: Int32Array.from(labels.flatMap((label) => new Array<number>(views).fill(label))),
    image: Int32Array.from(labels.flatMap((_, image) => new Array<number>(views).fill(image))),
  }
}

function heldOutImages(rows: ReturnType<typeof rowsOf>, seed: number): Set<number> {
  const isHeldOut = heldOutRows(rows, seed)
  return new Set(rows.image.filter((_, row) => isHeldOut[row]))
}

test('a tenth of the images of every class is held out and a fifth of the old ones, whatever views there are', () => {
  const held = heldOutImages(rowsOf([100, 30, 20], 1), 0)
  expect([...held].filter((image) => image < 100)).toHaveLength(20)
  expect([...held].filter((image) => image >= 100 && image < 130)).toHaveLength(3)
  expect([...held].filter((image) => image >= 130)).toHaveLength(2)
  expect(heldOutImages(rowsOf([100, 30, 20], 3), 0)).toEqual(held)
  expect(heldOutImages(rowsOf([100, 30, 20], 1), 1)).not.toEqual(held)
})

test('a fifth is where a class is small', () => {
  const held = heldOutImages(rowsOf([100, 30, 5], 2), 0)
  expect([...held].filter((image) => image < 100)).toHaveLength(20)
  expect([...held].filter((image) => image >= 100 && image < 130)).toHaveLength(6)
  expect([...held].filter((image) => image >= 130)).toHaveLength(1)
})
