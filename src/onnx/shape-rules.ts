import { findAttribute, intAttribute, intsAttribute } from './graph.js'
import type { RuleContext, Shape, ShapeRule } from './shape-rule.js'
import { convolved, globallyPooled, pooled } from './shape-rules-spatial.js'
import {
  concatenated,
  expanded,
  flattened,
  gathered,
  padded,
  reshaped,
  sliced,
  split,
  squeezed,
  tiled,
  transposeShape,
  unsqueezed,
} from './shape-rules-layout.js'

/** Operators of ONNX and of ONNX Runtime's `com.microsoft` whose output has the shape of their first input. */
const sameShape = [
  'Relu LeakyRelu ThresholdedRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Swish Mish Tanh Softplus',
  'Softsign Clip Softmax LogSoftmax Hardmax Exp Log Sqrt Abs Neg Erf Reciprocal Floor Ceil Round Sign Not Sin Cos IsNaN IsInf',
  'Cast CastLike Identity Dropout BatchNormalization InstanceNormalization LayerNormalization GroupNormalization',
  'RMSNormalization SimplifiedLayerNormalization LpNormalization MeanVarianceNormalization LRN QuantizeLinear',
  'DequantizeLinear FastGelu BiasGelu QuickGelu SkipLayerNormalization QLinearSigmoid QLinearLeakyRelu',
  'QLinearSoftmax MultiHeadAttention',
].flatMap((operators) => operators.split(' '))

const elementwise = [
  'Add Sub Mul Div Pow Mod Min Max Sum Mean PRelu Where Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor',
].flatMap((operators) => operators.split(' '))

const reductions = [
  'ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp',
].flatMap((operators) => operators.split(' '))

export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(sameShape.map((operator) => [operator, ({ shape }: RuleContext) => shape(0) && [shape(0)]])),
  ...Object.fromEntries(
    elementwise.map((operator) => [
      operator,
      (context: RuleContext) => broadcast(context.node.input.map((_, i) => context.shape(i))),
    ]),
  ),
  ...Object.fromEntries(reductions.map((operator) => [operator, reduced])),
  ArgMax: foundPlaces,
  ArgMin: foundPlaces,
  DynamicQuantizeLinear: ({ shape }) => shape(0) && [shape(0), [], []],
  QLinearAdd: ({ shape }) => broadcast([shape(0), shape(3)]),
  QLinearMul: ({ shape }) => broadcast([shape(0), shape(3)]),
  Shape: ({ shape }) => shape(0) && [[shape(0)!.length]],
  Size: ({ shape }) => shape(0) && [[]],
  ConstantOfShape: ({ value }) => value(0) && [[...value(0)!]],
  Conv: (context) => convolved(context, 1),
  FusedConv: (context) => convolved(context, 1),
  ConvInteger: (context) => convolved(context, 1),
  QLinearConv: (context) => convolved(context, 3),
  MaxPool: pooled,
  AveragePool: pooled,
  LpPool: pooled,
  QLinearAveragePool: pooled,
  GlobalAveragePool: globallyPooled,
  GlobalMaxPool: globallyPooled,
  QLinearGlobalAveragePool: globallyPooled,
  Gemm: ({ node, shape }) => multiplied(swapped(shape(0), node, 'transA'), swapped(shape(1), node, 'transB')),
  FusedGemm: ({ node, shape }) => multiplied(swapped(shape(0), node, 'transA'), swapped(shape(1), node, 'transB')),
  QGemm: ({ node, shape }) => multiplied(swapped(shape(0), node, 'transA'), swapped(shape(3), node, 'transB')),
  MatMul: ({ shape }) => multiplied(shape(0), shape(1)),
  FusedMatMul: ({ node, shape }) => multiplied(swapped(shape(0), node, 'transA'), swapped(shape(1), node, 'transB')),
  MatMulInteger: ({ shape }) => multiplied(shape(0), shape(1)),
  QLinearMatMul: ({ shape }) => multiplied(shape(0), shape(3)),
  Flatten: flattened,
  Reshape: reshaped,
  Squeeze: squeezed,
  Unsqueeze: unsqueezed,
  Transpose: transposeShape,
  Concat: concatenated,
  QLinearConcat: concatenated,
  Split: split,
  Slice: sliced,
  Gather: gathered,
  Pad: padded,
  Expand: expanded,
  Tile: tiled,
}

function broadcast(shapes: readonly (Shape | undefined)[]): Shape[] | undefined {
  const result: number[] = []
  for (const shape of shapes) {
    if (!shape) return undefined
    for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
      const dim = shape[shape.length - fromEnd]!
      const other = result[fromEnd - 1] ?? 1
      if (dim !== 1 && other !== 1 && dim !== other) return undefined
      result[fromEnd - 1] = other === 1 ? dim : other
    }
  }
  return [result.reverse()]
}

function swapped(shape: Shape | undefined, { attribute }: RuleContext['node'], name: string): Shape | undefined {
  const swap = attribute.find((candidate) => candidate.name === name)?.i === 1n
  return shape && swap ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape
}

/** The matrix product over the last two dimensions; those before them are broadcast. */
function multiplied(a: Shape | undefined, b: Shape | undefined): Shape[] | undefined {
  if (!a || !b || a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) return undefined
  const outer = broadcast([a.slice(0, -2), b.slice(0, -2)])?.[0]
  return outer && [[...outer, a.at(-2)!, b.at(-1)!]]
}

function reduced({ node, shape, value }: RuleContext): Shape[] | undefined {
  const dims = shape(0)
  if (!dims || (node.input[1] && !value(1))) return undefined
  const listed = intsAttribute(node, 'axes') ?? value(1) ?? []
  if (listed.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) === 1) return [dims]
  const axes = new Set(
    (listed.length > 0 ? listed : dims.map((_, axis) => axis)).map((axis) => (axis < 0 ? axis + dims.length : axis)),
  )
  const keep = findAttribute(node, 'keepdims')?.i !== 0n
  return [keep ? dims.map((dim, axis) => (axes.has(axis) ? 1 : dim)) : dims.filter((_, axis) => !axes.has(axis))]
}

/** Shapes of the places of the largest or least numbers along an axis. */
function foundPlaces({ node, shape }: RuleContext): Shape[] | undefined {
  const dims = shape(0)
  if (!dims) return undefined
  const given = intAttribute(node, 'axis', 0)
  const found = given < 0 ? given + dims.length : given
  const keep = intAttribute(node, 'keepdims', 1) !== 0
  return [keep ? dims.with(found, 1) : dims.toSpliced(found, 1)]
}
