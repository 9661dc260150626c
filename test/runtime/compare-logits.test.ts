import { describe, expect, test } from '@jest/globals'
import { compareLogits, noiseImages, refuseChangedLogits } from '../../src/runtime/compare-logits.js'

const expected = Float32Array.of(1, -2, 3, 0)

describe('compareLogits', () => {
  test('finds nothing where all are the same, whatever follows', () => {
    expect(compareLogits(expected, Float32Array.of(1, -2, 3, -0, 7))).toEqual({ largest: 0, first: undefined })
  })

  test('tells the largest change, and the first one', () => {
    const actual = Float32Array.of(1, -2.5, 5, 0)
    expect(compareLogits(expected, actual)).toEqual({ largest: 2, first: 1 })
    expect(compareLogits(expected, actual, { tolerance: 0.5 })).toEqual({ largest: 2, first: 2 })
    expect(compareLogits(expected, actual, { except: new Set([1, 2]) })).toEqual({ largest: 0, first: undefined })
  })

  test('no number where there was one is a change, in both places it is none', () => {
    const [some, none] = [Float32Array.of(1, NaN), Float32Array.of(NaN, NaN)]
    expect(compareLogits(some, none)).toEqual({ largest: 0, first: 0 })
    expect(compareLogits(none, none)).toEqual({ largest: 0, first: undefined })
  })
})

describe('refuseChangedLogits', () => {
  test('names the logit, what it was and what it became', () => {
    expect(() => refuseChangedLogits('Exporting changes logit', expected, Float32Array.of(1, 4, 3, 0))).toThrow(
      'Exporting changes logit 1 (-2 became 4); nothing was written. Please report this.',
    )
  })

  test('lets changes within the tolerance pass', () => {
    refuseChangedLogits(
      'It changes logit',
      expected,
      expected.map((value) => value + 0.5),
      { tolerance: 0.5 },
    )
  })
})

test('noise varies, and is the same each time', () => {
  const { dims, data } = noiseImages(2, 3, 4)
  expect(dims).toEqual([2, 3, 4, 3])
  expect(new Set(data).size).toBeGreaterThan(40)
  expect(noiseImages(2, 3, 4).data).toEqual(data)
})
