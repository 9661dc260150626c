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
  return flat.has(node.opType) || (node.opType === 'Cast' && intAttribute(node, 'to', 0) !== DataType.FLOAT)
}
