import type { Head } from '../../src/head/types.js'

/** Several heads on the same features as one, their columns in order. */
export function joinHeads(heads: readonly Head[]): Head {
  const { dim } = heads[0]!
  const classes = heads.reduce((sum, head) => sum + head.classes, 0)
  const weight = new Float32Array(dim * classes)
  const bias = new Float32Array(classes)
  let first = 0
  for (const head of heads) {
    const k = head.classes
    for (let d = 0; d < dim; d++) weight.set(head.weight.subarray(d * k, (d + 1) * k), d * classes + first)
    bias.set(head.bias, first)
    first += k
  }
  return { dim, classes, weight, bias }
}
