/** Adds a block's share to a sum, which is kept in float64. */
export function addTo(sum: Float64Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!
}
