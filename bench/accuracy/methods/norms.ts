/** Mean Euclidean norm of weight vectors that lie one after the other, `size` values each. */
export function meanColumnNorm(weights: Float32Array, size: number): number {
  let sum = 0
  for (let start = 0; start < weights.length; start += size) {
    let squares = 0
    for (let d = start; d < start + size; d++) squares += weights[d]! ** 2
    sum += Math.sqrt(squares)
  }
  return sum / (weights.length / size)
}
