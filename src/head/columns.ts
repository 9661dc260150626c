import type { Head } from './types.js'

/** A head of no class. */
export function emptyHead(dim: number): Head {
  return { dim, classes: 0, weight: new Float32Array(0), bias: new Float32Array(0) }
}

/** Cuts one head into heads of the given numbers of columns, in order. */
export function splitColumns({ dim, classes, weight, bias }: Head, sizes: readonly number[]): Head[] {
  let first = 0
  return sizes.map((size) => {
    const from = first
    first += size
    const part = new Float32Array(dim * size)
    for (let d = 0; d < dim; d++) part.set(weight.subarray(d * classes + from, d * classes + from + size), d * size)
    return { dim, classes: size, weight: part, bias: bias.slice(from, from + size) }
  })
}

/** Puts heads over the same features side by side. */
export function joinColumns(heads: readonly Head[]): Head {
  const dim = heads[0]!.dim
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

/** @param shifts [classes] added to the logits, by column */
export function shiftLogits(head: Head, shifts: Float64Array): Head {
  return { ...head, bias: head.bias.map((value, column) => value + shifts[column]!) }
}
