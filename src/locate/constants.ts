import { intAttribute, intsAttribute, type GraphIndex } from '../onnx/graph.js'
import { integerRange, isBlocked } from '../onnx/quantised-type.js'
import { dimsOf, newerTypes, readTensor } from '../onnx/tensor.js'

/** A constant's shape and its values as numbers, in row-major order. */
export interface ConstantArray {
  readonly dims: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** Most nodes between a stored tensor and its reader; exporters insert only a few. */
const longestChain = 16

/**
 * Reads a constant tensor through the nodes between it and its reader: Identity, Cast, Transpose of a matrix, Reshape
 * and the like, QuantizeLinear and DequantizeLinear.
 *
 * @returns `undefined` where any other node is in between, or the type is one whose values are not read
 * @throws NpluskError `BAD_MODEL` for a stored tensor that is damaged
 */
export function readConstant(index: GraphIndex, name: string, chain = 0): ConstantArray | undefined {
  const stored = index.constants.get(name)
  if (stored) return newerTypes[stored.dataType] ? undefined : { dims: dimsOf(stored), data: readTensor(stored) }
  const node = index.producer.get(name)
  if (!node || chain > longestChain) return undefined
  const source = readConstant(index, node.input[0] ?? '', chain + 1)
  if (!source) return undefined
  switch (node.opType) {
    case 'Identity':
    case 'Cast':
      return source
    case 'Flatten':
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      // The reader knows the shape it expects; the order of elements is unchanged.
      return { dims: [source.data.length], data: source.data }
    case 'Transpose':
      return transposeMatrix(source, intsAttribute(node, 'perm'))
    case 'QuantizeLinear':
    case 'DequantizeLinear': {
      const scale = readConstant(index, node.input[1] ?? '', chain + 1)
      const zeroPoint = node.input[2] ? readConstant(index, node.input[2], chain + 1) : undefined
      if (!scale || isBlocked(node)) return undefined
      const axis = intAttribute(node, 'axis', 1)
      if (node.opType === 'DequantizeLinear') return dequantiseConstant(source, scale.data, zeroPoint?.data, axis)
      return quantise(source, scale.data, zeroPoint?.data, integerRange(node, index.constants))
    }
    default:
      return undefined
  }
}

/**
 * (value − zero point) · scale, each of them one number, or one per index of `axis`.
 *
 * @returns `undefined` where their number does not fit the axis
 */
export function dequantiseConstant(
  { dims, data }: ConstantArray,
  scale: ArrayLike<number>,
  zeroPoint: ArrayLike<number> | undefined,
  axis: number,
): ConstantArray | undefined {
  const at = axis < 0 ? axis + dims.length : axis
  const zeroPoints = zeroPoint ?? [0]
  const groups = Math.max(scale.length, zeroPoints.length)
  if ([scale, zeroPoints].some(({ length }) => length !== 1 && length !== dims[at])) return undefined
  const inner = dims.slice(at + 1).reduce((product, dim) => product * dim, 1)
  const result = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const group = groups === 1 ? 0 : Math.floor(i / inner) % groups
    result[i] = (data[i]! - zeroPoints[zeroPoints.length === 1 ? 0 : group]!) * scale[scale.length === 1 ? 0 : group]!
  }
  return { dims, data: result }
}

/** round(value / scale) + zero point, clamped to 8 bits, with a single scale. */
function quantise(
  { dims, data }: ConstantArray,
  scale: ArrayLike<number>,
  zeroPoint: ArrayLike<number> | undefined,
  range: ReturnType<typeof integerRange>,
): ConstantArray | undefined {
  if (scale.length !== 1 || range === undefined) return undefined
  const [least, greatest] = range
  const result = Float32Array.from(data, (value) =>
    Math.min(greatest, Math.max(least, roundHalfToEven(Math.fround(value / scale[0]!)) + (zeroPoint?.[0] ?? 0))),
  )
  return { dims, data: result }
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value)
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

function transposeMatrix(
  { dims, data }: ConstantArray,
  order: readonly number[] | undefined,
): ConstantArray | undefined {
  const [rows, columns] = dims
  if (dims.length !== 2 || rows === undefined || columns === undefined) return undefined
  if (order?.[0] === 0) return { dims, data }
  const result = new Float32Array(data.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!
  return { dims: [columns, rows], data: result }
}
