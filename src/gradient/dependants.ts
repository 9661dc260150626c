import { intAttribute, readBy } from '../onnx/graph.js'
import type { NodeProto } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'

/** Operators that give the same for all values nearby, or tell of shapes alone: nothing depends on their inputs. */
const flat = new Set(
  [
    'Shape Size ArgMax ArgMin NonZero Greater GreaterOrEqual Less LessOrEqual Equal Not And Or Xor',
    'Sign Floor Ceil Round IsNaN IsInf OneHot EyeLike RandomNormalLike RandomUniformLike',
  ].flatMap((operators) => operators.split(' ')),
)

/** A Cast to one of these is flat. */
const whole = new Set<number>([
  DataType.UINT8,
  DataType.UINT16,
  DataType.UINT32,
  DataType.UINT64,
  DataType.INT8,
  DataType.INT16,
  DataType.INT32,
  DataType.INT64,
  DataType.BOOL,
  DataType.STRING,
])

/** The tensors, and all that are computed from them by what is not flat. */
export function dependants(nodes: readonly NodeProto[], tensors: readonly string[]): Set<string> {
  const found = new Set(tensors)
  for (const node of nodes) {
    if (!isFlat(node) && readBy(node).some((name) => found.has(name)))
      for (const name of node.output) if (name !== '') found.add(name)
  }
  return found
}

/** Whether the outputs of a node have no gradient by its inputs. */
function isFlat(node: NodeProto): boolean {
  return flat.has(node.opType) || (node.opType === 'Cast' && whole.has(intAttribute(node, 'to', 0)))
}
