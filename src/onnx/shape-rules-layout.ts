import { intAttribute, intsAttribute } from './graph.js'
import type { RuleContext, Shape } from './shape-rule.js'

type Result = Shape[] | undefined

const product = (dims: Shape): number => dims.reduce((total, dim) => total * dim, 1)

/** Counts a negative axis from the end of a shape of `rank` dimensions. */
const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

export function flattened({ node, shape }: RuleContext): Result {
  const dims = shape(0)
  if (!dims) return undefined
  const axis = positive(intAttribute(node, 'axis', 1), dims.length)
  return [[product(dims.slice(0, axis)), product(dims.slice(axis))]]
}

export function reshaped({ node, shape, value }: RuleContext): Result {
  const dims = shape(0)
  const requested = value(1) ?? intsAttribute(node, 'shape')
  if (!dims || !requested) return undefined
  const copyZeros = intAttribute(node, 'allowzero', 0) === 0
  const target = requested.map((dim, axis) => (dim === 0 && copyZeros ? (dims[axis] ?? 0) : dim))
  const known = product(target.filter((dim) => dim !== -1))
  const result = target.map((dim) => (dim === -1 ? product(dims) / known : dim))
  return product(result) === product(dims) ? [result] : undefined
}

export function squeezed({ node, shape, value }: RuleContext): Result {
  const dims = shape(0)
  if (!dims || (node.input[1] && !value(1))) return undefined
  const axes = (value(1) ?? intsAttribute(node, 'axes'))?.map((axis) => positive(axis, dims.length))
  if (axes?.some((axis) => dims[axis] !== 1)) return undefined
  return [dims.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1))]
}

export function unsqueezed({ node, shape, value }: RuleContext): Result {
  const dims = shape(0)
  const listed = value(1) ?? intsAttribute(node, 'axes')
  if (!dims || !listed) return undefined
  const rank = dims.length + listed.length
  const axes = new Set(listed.map((axis) => positive(axis, rank)))
  const rest = [...dims]
  return [Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!))]
}

export function transposeShape({ node, shape }: RuleContext): Result {
  const dims = shape(0)
  if (!dims) return undefined
  const order = intsAttribute(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis)
  const isPermutation =
    order.length === dims.length && new Set(order).size === order.length && order.every((axis) => axis in dims)
  return isPermutation ? [order.map((axis) => dims[axis]!)] : undefined
}

/**
 * Concat, and QLinearConcat, whose inputs are its own scale and zero point, followed by triples (tensor, scale, zero
 * point).
 */
export function concatenated({ node, shape }: RuleContext): Result {
  const quantised = node.opType === 'QLinearConcat'
  const parts = node.input.map((_, i) => i).filter((i) => !quantised || (i >= 2 && i % 3 === 2))
  const first = shape(parts[0] ?? 0)
  if (!first) return undefined
  const axis = positive(intAttribute(node, 'axis', 1), first.length)
  let total = 0
  for (const part of parts) {
    const dims = shape(part)
    if (!dims || dims.length !== first.length) return undefined
    if (dims.some((dim, at) => at !== axis && dim !== first[at])) return undefined
    total += dims[axis] ?? 0
  }
  return [first.map((dim, at) => (at === axis ? total : dim))]
}

export function split({ node, shape, value }: RuleContext): Result {
  const dims = shape(0)
  if (!dims || (node.input[1] && !value(1))) return undefined
  const axis = positive(intAttribute(node, 'axis', 0), dims.length)
  const size = dims[axis]
  if (size === undefined) return undefined
  const share = Math.ceil(size / node.output.length)
  const sizes = value(1) ?? intsAttribute(node, 'split') ?? node.output.map((_, i) => Math.min(share, size - i * share))
  return sizes.length === node.output.length
    ? sizes.map((part) => dims.map((dim, at) => (at === axis ? part : dim)))
    : undefined
}

export function sliced({ node, shape, value }: RuleContext): Result {
  const dims = shape(0)
  const starts = value(1) ?? intsAttribute(node, 'starts')
  const ends = value(2) ?? intsAttribute(node, 'ends')
  if (!dims || !starts || !ends || (node.input[3] && !value(3)) || (node.input[4] && !value(4))) return undefined
  const axes = value(3) ?? intsAttribute(node, 'axes') ?? starts.map((_, i) => i)
  const result = [...dims]
  for (const [i, listed] of axes.entries()) {
    const axis = positive(listed, dims.length)
    const size = dims[axis]
    const step = value(4)?.[i] ?? 1
    if (size === undefined || step === 0) return undefined
    const lowest = step > 0 ? 0 : -1
    const clamp = (at: number): number =>
      Math.min(Math.max(at < 0 ? at + size : at, lowest), step > 0 ? size : size - 1)
    result[axis] = Math.max(0, Math.ceil((clamp(ends[i]!) - clamp(starts[i]!)) / step))
  }
  return [result]
}

export function gathered({ node, shape }: RuleContext): Result {
  const dims = shape(0)
  const indices = shape(1)
  if (!dims || !indices) return undefined
  const axis = positive(intAttribute(node, 'axis', 0), dims.length)
  return [[...dims.slice(0, axis), ...indices, ...dims.slice(axis + 1)]]
}

export function padded({ node, shape, value }: RuleContext): Result {
  const dims = shape(0)
  const pads = value(1) ?? intsAttribute(node, 'pads')
  if (!dims || pads?.length !== 2 * dims.length || node.input[3]) return undefined
  return [dims.map((dim, axis) => dim + pads[axis]! + pads[axis + dims.length]!)]
}

export function expanded({ shape, value }: RuleContext): Result {
  const dims = shape(0)
  const requested = value(1)
  if (!dims || !requested) return undefined
  const rank = Math.max(dims.length, requested.length)
  const at = (list: Shape, axis: number): number => list[axis - rank + list.length] ?? 1
  const result = Array.from({ length: rank }, (_, axis) => Math.max(at(dims, axis), at(requested, axis)))
  return result.every((dim, axis) => [1, dim].includes(at(dims, axis)) && [1, dim].includes(at(requested, axis)))
    ? [result]
    : undefined
}

export function tiled({ shape, value }: RuleContext): Result {
  const dims = shape(0)
  const repeats = value(1)
  return dims && repeats?.length === dims.length ? [dims.map((dim, axis) => dim * repeats[axis]!)] : undefined
}
