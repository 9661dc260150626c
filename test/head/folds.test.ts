import { describe, expect, test } from '@jest/globals'
import { assignFolds } from '../../src/head/folds.js'
import { randomSet } from './random-set.js'

const set = randomSet({ classes: 3, dim: 1, images: 17, views: 4, old: 23 })

describe('assignFolds', () => {
  const fold = assignFolds(set, 5, 7)

  test('keeps all views of an image together', () => {
    const foldsOfImage = new Map<number, Set<number>>()
    set.image.forEach((image, row) => {
      foldsOfImage.set(image, (foldsOfImage.get(image) ?? new Set()).add(fold[row]!))
    })
    expect([...foldsOfImage.values()].every(({ size }) => size === 1)).toBe(true)
    expect(foldsOfImage.size).toBe(3 * 17 + 23)
  })

  test('deals the images of every class out evenly', () => {
    for (const label of [-1, 0, 1, 2]) {
      const counts = new Array<number>(5).fill(0)
      set.target.forEach((target, row) => {
        if (target === label) counts[fold[row]!]!++
      })
      const images = counts.map((rows) => rows / 4)
      expect(Math.max(...images) - Math.min(...images)).toBeLessThanOrEqual(1)
      expect(Math.min(...images)).toBeGreaterThan(0)
    }
  })

  test('deals the same seed out the same way, another one, or a second time, another way', () => {
    expect(assignFolds(set, 5, 7)).toEqual(fold)
    expect(assignFolds(set, 5, 8)).not.toEqual(fold)
    expect(assignFolds(set, 5, 7, 1)).not.toEqual(fold)
  })
})
