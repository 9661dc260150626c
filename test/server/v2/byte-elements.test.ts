import { describe, expect, test } from '@jest/globals'
import { Problem } from '../../../src/server/problems.js'
import { readByteElements, writeByteElements } from '../../../src/server/v2/byte-elements.js'

// By hand from Triton's binary data extension: a 4-byte little-endian length before the bytes of each element.
const bytes = Buffer.from([2, 0, 0, 0, 0x68, 0x69, 0, 0, 0, 0, 3, 0, 0, 0, 0xe2, 0x82, 0xac])

describe('a BYTES tensor', () => {
  test('is read element by element, whatever byte it begins at', () => {
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)
    const texts = readByteElements(shifted, 3).map((element) => Buffer.from(element).toString())
    expect(texts).toEqual(['hi', '', '€'])
  })

  test('is written so', () => {
    expect(writeByteElements(['hi', '', '€'])).toEqual(bytes)
  })

  test.each([
    ['a byte too few', bytes.subarray(0, -1), 3],
    ['a byte too many', Buffer.concat([bytes, Buffer.alloc(1)]), 3],
    ['an element too many', bytes, 2],
    ['an element too few', bytes, 4],
    ['half a length', bytes.subarray(0, 2), 1],
    ['a length beyond the end', Buffer.from([255, 255, 255, 255, 1]), 1],
    ['nothing', Buffer.alloc(0), 1],
  ])('with %s is refused', (_, given, count) => {
    expect(() => readByteElements(given, count)).toThrow(Problem)
  })
})
