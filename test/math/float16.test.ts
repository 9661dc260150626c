import { describe, expect, test } from '@jest/globals'
import { decodeFloat16, encodeFloat16, float16ToFloat32, float32ToFloat16 } from '../../src/math/float16.js'

describe('float16', () => {
  test('every finite half float survives the way to float32 and back', () => {
    for (let bits = 0; bits < 1 << 16; bits++) {
      const value = float16ToFloat32(bits)
      if (Number.isFinite(value)) expect(float32ToFloat16(value)).toBe(bits)
    }
  })

  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [1e9, 0x7bff],
  ])('%p rounds to nearest, ties to even, and saturates', (value, bits) => {
    expect(float32ToFloat16(value)).toBe(bits)
  })

  test('blocks agree with single values', () => {
    const values = Float32Array.from([0, 0.1, -3.75, 700.5])
    const decoded = new Float32Array(4)
    decodeFloat16(encodeFloat16(values), decoded)
    expect([...decoded]).toEqual([...values].map((value) => float16ToFloat32(float32ToFloat16(value))))
  })
})
