// IEEE 754 binary16 <-> binary32. Node 20 has no Float16Array.

const floatView = new Float32Array(1)
const bitsView = new Uint32Array(floatView.buffer)

const halfToFloat = makeTable()

function makeTable(): Float32Array {
  const table = new Float32Array(1 << 16)
  for (let half = 0; half < table.length; half++) {
    const sign = half & 0x8000 ? -1 : 1
    const exponent = (half >> 10) & 0x1f
    const fraction = half & 0x3ff
    if (exponent === 0) table[half] = sign * fraction * 2 ** -24
    else if (exponent === 31) table[half] = fraction === 0 ? sign * Infinity : NaN
    else table[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  return table
}

/** The largest half float. */
export const largestHalf = 65504

/** The value of a half float given as its 16 bits. */
export function float16ToFloat32(bits: number): number {
  return halfToFloat[bits & 0xffff]!
}

/** The nearest half float, ties to even, as 16 bits. Values beyond ±65504 become ±65504. */
export function float32ToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  floatView[0] = Math.max(-largestHalf, Math.min(largestHalf, value))
  const bits = bitsView[0]!
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 112
  if (exponent <= 0) {
    // Subnormal half: value = fraction · 2^-24
    const fraction = Math.abs(floatView[0]) * 2 ** 24
    const floor = Math.floor(fraction)
    const rest = fraction - floor
    return sign | (rest > 0.5 || (rest === 0.5 && floor & 1) ? floor + 1 : floor)
  }
  const fraction = bits & 0x7fffff
  const half = sign | (exponent << 10) | (fraction >>> 13)
  const rest = fraction & 0x1fff
  return rest > 0x1000 || (rest === 0x1000 && half & 1) ? half + 1 : half
}

/** Widens half floats into the start of `target`. */
export function decodeFloat16(source: Uint16Array, target: Float32Array): void {
  // Unrolled: loop overhead took half of the time.
  const unrolledEnd = source.length - (source.length % 4)
  for (let i = 0; i < unrolledEnd; i += 4) {
    target[i] = halfToFloat[source[i]!]!
    target[i + 1] = halfToFloat[source[i + 1]!]!
    target[i + 2] = halfToFloat[source[i + 2]!]!
    target[i + 3] = halfToFloat[source[i + 3]!]!
  }
  for (let i = unrolledEnd; i < source.length; i++) target[i] = halfToFloat[source[i]!]!
}

/** Narrows floats to half floats, each as `float32ToFloat16` does. */
export function encodeFloat16(source: Float32Array): Uint16Array {
  const target = new Uint16Array(source.length)
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length)
  for (let i = 0; i < source.length; i++) {
    const floatBits = bits[i]!
    const magnitude = floatBits & 0x7fffffff
    // A normal half that stays finite when rounded up: rounding carries into the exponent by itself.
    if (magnitude >= smallestNormalBits && magnitude < largestHalfBits) {
      const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
      target[i] = ((floatBits >>> 16) & 0x8000) | ((rounded >>> 13) - (112 << 10))
    } else target[i] = magnitude === 0 ? floatBits >>> 16 : float32ToFloat16(source[i]!)
  }
  return target
}

/** 2^-14 and 65504, the smallest and the largest normal half float, as float32 bits. */
const smallestNormalBits = (127 - 14) << 23
const largestHalfBits = 0x477fe000
