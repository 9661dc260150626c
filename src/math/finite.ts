/** Whether every value is a number between −limit and limit; NaN and the infinities never are. */
export function allWithin(values: Float32Array, limit: number): boolean {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= limit)) return false
  return true
}

/** Whether every value is a finite number. */
export function allFinite(values: Float32Array): boolean {
  return allWithin(values, Number.MAX_VALUE)
}

/** As `allFinite`, of half floats given as their bits: an exponent of ones is no number. */
export function halvesAreFinite(bits: Uint16Array): boolean {
  // Two at a time, as there are tens of millions: of ones alone, an exponent carries into the sign's bit when one is
  // added.
  const first = (bits.byteOffset / 2) % 2
  const pairs = new Int32Array(bits.buffer, bits.byteOffset + 2 * first, Math.max(0, bits.length - first) >> 1)
  let carries = 0
  for (let i = 0; i < pairs.length; i++) carries |= (pairs[i]! & 0x7c007c00) + 0x04000400
  const rest = [...bits.subarray(0, first), ...bits.subarray(first + 2 * pairs.length)]
  return (carries & 0x80008000) === 0 && rest.every((one) => (one & 0x7c00) !== 0x7c00)
}
