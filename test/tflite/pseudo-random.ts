/** A generator of evenly spread integers in 0 … limit − 1, the same ones each time. */
export function integersBelow(limit: number): () => number {
  let state = 1
  return () => {
    state = (state * 48271) % 0x7fffffff // Lehmer's generator
    return state % limit
  }
}
