/** Whether every value lies between −limit and limit; NaN never does. */
export function allWithin(values: Float32Array, limit: number): boolean {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= limit)) return false
  return true
}

/** Whether every value is a finite number. */
export function allFinite(values: Float32Array): boolean {
  return allWithin(values, Number.MAX_VALUE)
}

/** As `allFinite`, for half floats given as their bits: an exponent of all ones means infinity or NaN. */
export function halvesAreFinite(bits: Uint16Array): boolean {
  // Two at a time, because there are tens of millions: adding one to an exponent of all ones carries into the sign bit.
  const leading = (bits.byteOffset / 2) % 2
  const pairs = new Int32Array(bits.buffer, bits.byteOffset + 2 * leading, Math.max(0, bits.length - leading) >> 1)
  let carries = 0
  for (let i = 0; i < pairs.length; i++) carries |= (pairs[i]! & 0x7c007c00) + 0x04000400
  const rest = [...bits.subarray(0, leading), ...bits.subarray(leading + 2 * pairs.length)]
  return (carries & 0x80008000) === 0 && rest.every((one) => (one & 0x7c00) !== 0x7c00)
}
