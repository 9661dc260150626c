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
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7c00) === 0x7c00) return false
  return true
}
