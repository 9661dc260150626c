/** log Σ exp(xᵢ) over `values[start .. start + length)`, without overflow. */
export function logSumExp(values: ArrayLike<number>, start = 0, length = values.length): number {
  const max = values[argMax(values, start, length) + start]!
  let sum = 0
  for (let i = start; i < start + length; i++) sum += Math.exp(values[i]! - max)
  return max + Math.log(sum)
}

/** log(exp(a) + exp(b)), without overflow. */
export function logAddExp(a: number, b: number): number {
  const max = Math.max(a, b)
  return max === -Infinity ? -Infinity : max + Math.log1p(Math.exp(-Math.abs(a - b)))
}

/** Index, relative to `start`, of the largest value; the first of equal ones. */
export function argMax(values: ArrayLike<number>, start = 0, length = values.length): number {
  let best = 0
  for (let i = 1; i < length; i++) if (values[start + i]! > values[start + best]!) best = i
  return best
}

/** Indices of the `k` largest values, largest first; ties keep their order. */
export function topK(values: ArrayLike<number>, k: number): number[] {
  const best: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (best.length === k && values[i]! <= values[best[k - 1]!]!) continue
    let place = best.length
    while (place > 0 && values[best[place - 1]!]! < values[i]!) place--
    best.splice(place, 0, i)
    if (best.length > k) best.pop()
  }
  return best
}
