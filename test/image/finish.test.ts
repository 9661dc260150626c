import { describe, expect, test } from '@jest/globals'
import { finish } from '../../src/image/finish.js'
import { createRandom } from '../../src/math/random.js'

const random = createRandom('finish')
const width = 7
const picture = Uint8Array.from({ length: 3 * width * 5 }, () => 256 * random.next())

/** The grey of each pixel (ITU-R BT.601), in float64. */
function greys(pixels: Uint8Array): number[] {
  return Array.from({ length: pixels.length / 3 }, (_, i) => {
    const [red, green, blue] = pixels.subarray(3 * i, 3 * i + 3)
    return 0.299 * red! + 0.587 * green! + 0.114 * blue!
  })
}

function clamped(value: number): number {
  return Math.min(255, Math.max(0, value))
}

describe('finish', () => {
  test('does nothing where nothing is asked for', () => {
    expect(finish(picture, width, { mirror: false })).toBe(picture)
  })

  test.each([0, 0.75, 1.3, 4])('contrast %d moves values away from the mean grey', (contrast) => {
    const mean = greys(picture).reduce((sum, grey) => sum + grey, 0) / (picture.length / 3)
    const result = finish(picture, width, { mirror: false, contrast })
    result.forEach((value, i) =>
      expect(Math.abs(value - clamped(mean + contrast * (picture[i]! - mean)))).toBeLessThanOrEqual(0.51),
    )
  })

  test.each([0, 0.6, 1.4, 4])('saturation %d moves values away from the grey of their pixel', (saturation) => {
    const grey = greys(picture)
    const result = finish(picture, width, { mirror: false, saturation })
    result.forEach((value, i) => {
      const own = grey[Math.floor(i / 3)]!
      expect(Math.abs(value - clamped(own + saturation * (picture[i]! - own)))).toBeLessThanOrEqual(0.51)
    })
  })

  test('brightness comes first, then contrast, then saturation; mirroring changes no value', () => {
    const view = { brightness: 1.3, contrast: 0.75, saturation: 1.4 }
    const { brightness, contrast, saturation } = view
    const brightened = finish(picture, width, { mirror: false, brightness })
    const contrasted = finish(brightened, width, { mirror: false, contrast })
    const expected = finish(contrasted, width, { mirror: false, saturation })
    expect(finish(picture, width, { mirror: false, ...view })).toEqual(expected)
    expect(finish(picture, width, { mirror: true, ...view })).toEqual(finish(expected, width, { mirror: true }))
  })

  test('a grey picture stays grey, and the given one as it is', () => {
    const grey = new Uint8Array(12).fill(90)
    const before = picture.slice()
    finish(picture, width, { mirror: true, brightness: 0.7, contrast: 1.3, saturation: 0.6 })
    expect(picture).toEqual(before)
    expect(finish(grey, 2, { mirror: false, contrast: 1.3, saturation: 1.4 })).toEqual(grey)
  })
})
