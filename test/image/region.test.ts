import { describe, expect, test } from '@jest/globals'
import { centralRegion, croppedRegion, fitInside, roundRectangle, turnedBox } from '../../src/image/region.js'
import type { Preprocess } from '../../src/image/types.js'

const base: Preprocess = { width: 100, height: 100, resize: 'shorter', cropFraction: 1, interpolation: 'bilinear' }

describe('centralRegion', () => {
  test.each<[string, number, number, Partial<Preprocess>, number[]]>([
    ['a landscape loses its sides', 400, 200, {}, [100, 0, 200, 200]],
    ['a portrait loses top and bottom', 200, 400, {}, [0, 100, 200, 200]],
    ['the crop is central', 400, 200, { cropFraction: 0.5 }, [150, 50, 100, 100]],
    ['squash keeps the whole', 400, 200, { resize: 'squash' }, [0, 0, 400, 200]],
    ['squash with a crop keeps the shape', 400, 200, { resize: 'squash', cropFraction: 0.5 }, [100, 50, 200, 100]],
    ['the target decides the shape', 400, 400, { width: 200 }, [0, 100, 400, 200]],
  ])('%s', (_, width, height, change, [left, top, regionWidth, regionHeight]) => {
    const expected = { left, top, width: regionWidth, height: regionHeight }
    expect(centralRegion(width, height, { ...base, ...change })).toEqual(expected)
  })
})

test('croppedRegion takes fractions of the region', () => {
  const crop = { left: 0.5, top: 0.25, width: 0.5, height: 0.5 }
  const region = { left: 100, top: 0, width: 200, height: 200 }
  expect(croppedRegion(region, { mirror: false, crop })).toEqual({ left: 200, top: 50, width: 100, height: 100 })
})

describe('fitInside', () => {
  const outer = { left: 0, top: 0, width: 100, height: 100 }
  test.each([
    ['what fits stays', { left: 10, top: 10, width: 50, height: 50 }, { left: 10, top: 10, width: 50, height: 50 }],
    [
      'what sticks out is moved',
      { left: -10, top: 80, width: 50, height: 50 },
      { left: 0, top: 50, width: 50, height: 50 },
    ],
    [
      'what is too large is scaled',
      { left: -50, top: 0, width: 200, height: 100 },
      { left: 0, top: 25, width: 100, height: 50 },
    ],
  ])('%s', (_, inner, expected) => {
    expect(fitInside(inner, outer)).toEqual(expected)
  })
})

test('turnedBox is the upright box around a turned rectangle', () => {
  expect(turnedBox(30, 10, 0)).toEqual({ width: 30, height: 10 })
  const quarter = turnedBox(30, 10, -90)
  expect(quarter.width).toBeCloseTo(10, 9)
  expect(quarter.height).toBeCloseTo(30, 9)
  expect(turnedBox(10, 10, 45).width).toBeCloseTo(10 * Math.SQRT2, 9)
})

describe('roundRectangle', () => {
  test('a central region stays central', () => {
    const rounded = roundRectangle(centralRegion(335, 335, { ...base, cropFraction: 0.875 }), 335, 335)
    expect(rounded).toEqual({ left: 21, top: 21, width: 293, height: 293 })
  })

  test('a sliver keeps a pixel, inside the picture', () => {
    expect(roundRectangle({ left: 9.9, top: 0, width: 0.1, height: 1 }, 10, 1)).toEqual({
      left: 9,
      top: 0,
      width: 1,
      height: 1,
    })
  })
})
