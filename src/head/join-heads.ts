import type { AddedHead, Scorer } from './added-head.js'
import { LinearHead } from './linear/linear-head.js'

/** Joins heads side by side; linear ones become a single product, which is faster than one product each. */
export function joinHeads(heads: readonly AddedHead[]): Scorer {
  if (heads.every((head) => head instanceof LinearHead)) return LinearHead.join(heads)
  const columns = heads.reduce((sum, head) => sum + head.columns, 0)
  return {
    columns,
    async score(features) {
      const scores = new Float32Array(features.count * columns)
      let first = 0
      for (const head of heads) {
        const own = await head.score(features)
        const k = head.columns
        for (let row = 0; row < features.count; row++) {
          scores.set(own.subarray(row * k, (row + 1) * k), row * columns + first)
        }
        first += k
      }
      return scores
    },
  }
}
