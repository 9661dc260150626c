import { expect, test } from '@jest/globals'
import { allFinite, allWithin, halvesAreFinite } from '../../src/math/finite.js'
import { encodeFloat16, float16ToFloat32, largestHalf } from '../../src/math/float16.js'

test.each([[NaN], [Infinity], [-Infinity]])('%d anywhere is seen', (value) => {
  expect(allFinite(Float32Array.of(1, -2, 3.4e38))).toBe(true)
  for (const place of [0, 1, 2]) expect(allFinite(Float32Array.of(1, 2, 3).fill(value, place, place + 1))).toBe(false)
})

test('a limit counts on both sides, and is itself within', () => {
  expect(allWithin(Float32Array.of(65504, -65504), largestHalf)).toBe(true)
  expect(allWithin(Float32Array.of(65505), largestHalf)).toBe(false)
  expect(allWithin(Float32Array.of(-65505), largestHalf)).toBe(false)
  expect(allWithin(Float32Array.of(NaN), Infinity)).toBe(false)
})

test('half floats are finite where the numbers that they stand for are, all 65536 of them', () => {
  for (let bits = 0; bits < 1 << 16; bits++) {
    if (halvesAreFinite(Uint16Array.of(bits)) !== Number.isFinite(float16ToFloat32(bits))) throw new Error(String(bits))
  }
  expect(halvesAreFinite(encodeFloat16(Float32Array.of(1, NaN)))).toBe(false)
})

test('half floats are looked at one and all, wherever they lie in their buffer', () => {
  for (let first = 0; first < 3; first++) {
    for (let length = 0; length < 6; length++) {
      const bits = new Uint16Array(16).fill(0x7c00)
      const some = bits.subarray(first, first + length).fill(0xfbff)
      expect(halvesAreFinite(some)).toBe(true)
      for (let place = 0; place < length; place++)
        expect(halvesAreFinite(some.slice().fill(0xfc00, place, place + 1))).toBe(false)
      for (let place = 0; place < length; place++) {
        some[place] = 0x7c01
        expect(halvesAreFinite(some)).toBe(false)
        some[place] = 0
      }
    }
  }
})
