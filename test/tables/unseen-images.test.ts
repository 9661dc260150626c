import { expect, test } from '@jest/globals'
import type { FineTuningRecord } from '../../src/bundle/manifest.js'
import { unseenImages } from '../../src/tables/unseen-images.js'
import { imagesOf } from '../support/tiny-world.js'

const increments = ['tuned', 'later'].map((name) => ({
  increment: { name, classes: [] },
  table: imagesOf({ directions: [3, 4], images: 5, seed: name }),
}))

test('of images that a branch was trained with, only those that it has not seen are left', () => {
  const fineTuning = { increments: 1, heldOut: [2, 7] } as unknown as FineTuningRecord
  const [tuned, later] = unseenImages(increments, fineTuning)
  expect([...tuned!.table.image]).toEqual([2, 7])
  expect(later).toBe(increments[1])
})

test('without a branch, all are', () => {
  expect(unseenImages(increments, undefined)).toBe(increments)
})
