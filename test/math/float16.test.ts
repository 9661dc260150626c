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
    // Every exponent and sign with some fractions, the ends and middles of rounding among them.
    const fractions = [0, 1, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x3001, 0x7fe000, 0x7fefff, 0x7ff000, 0x7fffff]
    const bits = Uint32Array.from({ length: 512 * fractions.length }, (_, i) => {
      return ((Math.floor(i / fractions.length) << 23) | fractions[i % fractions.length]!) >>> 0
    })
    const values = new Float32Array(bits.buffer)
    const encoded = encodeFloat16(values)
    expect([...encoded]).toEqual([...values].map(float32ToFloat16))
    const decoded = new Float32Array(values.length)
    decodeFloat16(encoded, decoded)
    expect([...decoded]).toEqual([...encoded].map(float16ToFloat32))
  })
})
