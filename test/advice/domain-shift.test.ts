import { describe, expect, test } from '@jest/globals'
import { domainShift, kernelDistance } from '../../src/advice/domain-shift.js'
import { knownShifts } from '../../src/advice/known-shifts.js'
import { createRandom } from '../../src/math/random.js'
import { plainProducts } from '../support/plain-products.js'
import { clouds } from './clouds.js'

const settings = { bottleneck: 12, model: 'a model without a scale' }
const shape = { classes: 1, dim: 16, images: 150, separation: 0, old: 3 }

describe('the kernel distance', () => {
  test('is the unbiased estimate, summed pair by pair in float64', async () => {
    const random = createRandom('vectors')
    const draw = (count: number) => ({ count, dim: 3, values: Float32Array.from({ length: 3 * count }, random.normal) })
    const [a, b] = [draw(4), draw(5)]
    const kernel = (x: typeof a, i: number, y: typeof a, j: number) => {
      let inner = 0
      for (let d = 0; d < 3; d++) inner += x.values[3 * i + d]! * y.values[3 * j + d]!
      return (inner / 3 + 1) ** 3
    }
    const mean = (x: typeof a, y: typeof a) => {
      const values: number[] = []
      for (let i = 0; i < x.count; i++)
        for (let j = 0; j < y.count; j++) if (x !== y || i !== j) values.push(kernel(x, i, y, j))
      return values.reduce((sum, one) => sum + one, 0) / values.length
    }
    expect(await kernelDistance(a, b, plainProducts)).toBeCloseTo(mean(a, a) + mean(b, b) - 2 * mean(a, b), 4)
  })

  test('is about 0 for images of the same kind, and grows with how far others lie', async () => {
    const old = clouds({ ...shape, seed: 'old' })
    const distanceOf = async (shift: number) =>
      (await domainShift(clouds({ ...shape, seed: 'new', shift }), old, settings)).distance
    const [none, some, far] = [await distanceOf(0), await distanceOf(0.5), await distanceOf(2)]
    expect(Math.abs(none)).toBeLessThan(0.05)
    expect(some).toBeGreaterThan(0.2)
    expect(far).toBeGreaterThan(some)
  })

  test('looks at the bottleneck alone, and at one view of an image', async () => {
    const old = clouds({ ...shape, seed: 'old' })
    const images = clouds({ ...shape, seed: 'new', shift: 1, views: 2 })
    const whole = await domainShift(images, old, { ...settings, bottleneck: 16 })
    const part = await domainShift(images, old, settings)
    expect(part.distance).not.toBeCloseTo(whole.distance, 4)
    const plain = { ...images, image: images.image.map((_, row) => row) }
    expect((await domainShift(plain, old, settings)).distance).not.toBe(part.distance)
  })
})

test('the base model is as unsure as its largest probabilities say', async () => {
  const old = clouds({ ...shape, seed: 'old' })
  const images = { ...old, oldBest: old.oldBest.map((_, row) => 3 + Math.log(row % 2 === 0 ? 0.9 : 0.5)) }
  const { unsureness } = await domainShift(images, old, settings)
  expect(unsureness).toBeCloseTo(-(Math.log(0.9) + Math.log(0.5)) / 2, 5)
})

test('known sets are given for the model that they were measured on, nearest first', async () => {
  const old = clouds({ ...shape, seed: 'old' })
  expect((await domainShift(old, old, settings)).scale).toEqual([])
  const known = knownShifts('cbed70fe511637acc6c300e78238cd6946e71fa613aeb943df85dddd71a87a37')
  expect(known.length).toBeGreaterThan(3)
  expect(known.map(({ distance }) => distance)).toEqual(known.map(({ distance }) => distance).sort((a, b) => a - b))
})
