/**
 * `base ** exponent` in the same bits on every version of Node: V8 computes powers by the C library since Node 24, and
 * in code of its own before. Its exponential and logarithm are its own in all versions. The squares of numbers and the
 * powers of two come out the same anyhow.
 *
 * @param base 0 or more
 * @returns within a few units in the last place
 */
export function power(base: number, exponent: number): number {
  return exponent === 0 ? 1 : Math.exp(exponent * Math.log(base))
}
