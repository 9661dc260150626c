import { describe, expect, test } from '@jest/globals'
import { curveFrom } from '../../src/advice/curve-from-answers.js'
import { createRandom } from '../../src/math/random.js'

/** Answers to `count` images, right with a probability that grows with the size, twice drawn. */
function answers(count: number, accuracies: readonly number[]) {
  const random = createRandom('answers')
  const drawn = () =>
    accuracies.map((share) => Uint8Array.from({ length: count }, () => (random.next() < share ? 1 : 0)))
  return { count, images: [40, 80, 160, 320], right: [drawn(), drawn()] }
}

describe('the curve of held-out answers', () => {
  test('has the mean accuracy of all draws at every size, then a forecast for all images and for twice as many', () => {
    const given = answers(400, [0.6, 0.7, 0.8, 0.85])
    const { points, gain, expected } = curveFrom(given, { classes: 4, all: 400, testImages: 100 })
    expect(points.map(({ images, forecast }) => [images, forecast])).toEqual([
      [10, false],
      [20, false],
      [40, false],
      [80, false],
      [100, true],
      [200, true],
    ])
    const shareOf = (s: number) =>
      given.right.map((ofDraw) => ofDraw[s]!.reduce((sum, one) => sum + one, 0) / 400).reduce((a, b) => a + b) / 2
    given.images.forEach((_, s) => expect(points[s]!.top1).toBeCloseTo(shareOf(s), 10))
    for (const { low, high, top1 } of points) expect([low <= top1, top1 <= high]).toEqual([true, true])
    expect(expected.top1).toBe(points[4]!.top1)
    expect(gain).toBeCloseTo(points[5]!.top1 - points[4]!.top1, 10)
    expect(gain).toBeGreaterThan(0)
  })

  test('expects the accuracy on few test images less surely than on many', () => {
    const given = answers(400, [0.6, 0.7, 0.8, 0.85])
    const widthFor = (testImages: number) => {
      const { low, high } = curveFrom(given, { classes: 4, all: 400, testImages }).expected
      return high - low
    }
    expect(widthFor(20)).toBeGreaterThan(widthFor(100))
    // The standard deviation of the mean of 25 images of which four fifths are right is .08, of which 1.96 either way.
    expect(widthFor(25)).toBeGreaterThan(2 * 1.96 * Math.sqrt((0.86 * 0.14) / 25) * 0.9)
  })

  test('stays within 0..1, and unsure, where every answer is right', () => {
    const { expected, points } = curveFrom(answers(30, [1, 1, 1, 1]), { classes: 4, all: 100, testImages: 25 })
    expect(expected.top1).toBeCloseTo(1, 1)
    expect(expected.high).toBeLessThanOrEqual(1)
    expect(expected.low).toBeLessThan(0.97)
    for (const { low, high } of points) expect([low >= 0, high <= 1]).toEqual([true, true])
  })
})
