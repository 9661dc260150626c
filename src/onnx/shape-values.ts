import { findAttribute, intAttribute, intsAttribute } from './graph.js'
import type { RuleContext } from './shape-rule.js'
import { DataType, readTensor } from './tensor.js'

/**
 * The contents of a small integer tensor that a node computes, as exporters compute the target of a Reshape (Shape →
 * Gather → Concat); `undefined` where the node does no such arithmetic. All that is computed with has at most one axis.
 */
export function knownValues(context: RuleContext): number[] | undefined {
  const { node, shape, value } = context
  const first = value(0)
  const hasOneAxis = node.input.every((_, i) => value(i) === undefined || (shape(i)?.length ?? 0) <= 1)
  if (!hasOneAxis && !copying.has(node.opType)) return undefined
  switch (node.opType) {
    case 'Constant': {
      const list = findAttribute(node, 'value_ints')?.ints.map(Number)
      const scalar = findAttribute(node, 'value_int')
      return list ?? (scalar ? [Number(scalar.i)] : undefined)
    }
    case 'Shape': {
      const dims = shape(0)
      const end = findAttribute(node, 'end')
      return dims && [...dims].slice(intAttribute(node, 'start', 0), end ? Number(end.i) : undefined)
    }
    case 'Size':
      return shape(0) && [shape(0)!.reduce((product, dim) => product * dim, 1)]
    case 'Identity':
    case 'Cast':
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Reshape':
      return first && [...first]
    case 'Gather': {
      const picked = value(1)?.map((i) => first?.[i < 0 ? i + first.length : i])
      return picked?.every((item) => item !== undefined) ? (picked as number[]) : undefined
    }
    case 'Slice': {
      const starts = value(1) ?? intsAttribute(node, 'starts')
      const ends = value(2) ?? intsAttribute(node, 'ends')
      const step = value(4)?.[0] ?? 1
      return first && starts && ends && step === 1
        ? first.slice(starts[0], Math.min(ends[0]!, first.length))
        : undefined
    }
    case 'Concat': {
      const parts = node.input.map((_, i) => value(i))
      return parts.every((part) => part !== undefined) ? parts.flatMap((part) => [...part!]) : undefined
    }
    case 'ConstantOfShape': {
      const filled = findAttribute(node, 'value')?.t
      const count = first?.reduce((product, dim) => product * dim, 1)
      if (count === undefined || count > 64) return undefined
      if (filled === undefined) return new Array<number>(count).fill(0)
      return filled.dataType === (DataType.INT64 as number)
        ? new Array<number>(count).fill(readTensor(filled)[0]!)
        : undefined
    }
    case 'Abs':
      return first?.map(Math.abs)
    case 'Equal':
      return combine(first, value(1), (a, b) => Number(a === b))
    case 'Where': {
      const [yes, no] = [value(1), value(2)]
      const length = Math.max(first?.length ?? 0, yes?.length ?? 0, no?.length ?? 0)
      if (!first || !yes || !no || [first, yes, no].some((one) => one.length !== 1 && one.length !== length))
        return undefined
      const at = (values: readonly number[], i: number) => values[values.length === 1 ? 0 : i]!
      return Array.from({ length }, (_, i) => (at(first, i) === 0 ? at(no, i) : at(yes, i)))
    }
    case 'Add':
      return combine(first, value(1), (a, b) => a + b)
    case 'Sub':
      return combine(first, value(1), (a, b) => a - b)
    case 'Mul':
      return combine(first, value(1), (a, b) => a * b)
    case 'Div':
      return combine(first, value(1), (a, b) => (b === 0 ? NaN : Math.trunc(a / b)))
    case 'Mod':
      return combine(first, value(1), (a, b) => (b === 0 ? NaN : a - b * Math.floor(a / b)))
    default:
      return undefined
  }
}

/** Operators that keep the contents and their order. */
const copying: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape'])

function combine(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
  operation: (a: number, b: number) => number,
): number[] | undefined {
  if (!a || !b) return undefined
  if (a.length === b.length) return a.map((item, i) => operation(item, b[i]!))
  if (b.length === 1) return a.map((item) => operation(item, b[0]!))
  return a.length === 1 ? b.map((item) => operation(a[0]!, item)) : undefined
}
