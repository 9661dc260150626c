/** Pearson's correlation of two arrays of one length; 0 where one of them is constant. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const count = a.length
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    const [x, y] = [a[i]!, b[i]!]
    sumA += x
    sumB += y
    squareA += x * x
    squareB += y * y
    product += x * y
  }
  const spread = (squareA - sumA ** 2 / count) * (squareB - sumB ** 2 / count)
  return spread < 1 ? 0 : (product - (sumA * sumB) / count) / Math.sqrt(spread)
}
