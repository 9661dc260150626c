/** The sum of products of two vectors, in float64; four sums take turns, as each addition waits for the one before it. */
export function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4)
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  for (let i = 0; i < whole; i += 4) {
    sum0 += a[i]! * b[i]!
    sum1 += a[i + 1]! * b[i + 1]!
    sum2 += a[i + 2]! * b[i + 2]!
    sum3 += a[i + 3]! * b[i + 3]!
  }
  for (let i = whole; i < a.length; i++) sum0 += a[i]! * b[i]!
  return sum0 + sum1 + (sum2 + sum3)
}
