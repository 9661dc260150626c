import { indexGraph, intAttribute } from '../onnx/graph.js'
import type { GraphProto, NodeProto } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'

const linear = new Set(['Conv', 'Gemm', 'MatMul'])
const steps = new Set(
  'Softmax LogSoftmax Flatten Reshape Squeeze Unsqueeze Identity Cast Gather Dropout Add'.split(' '),
)

/**
 * The nodes that compute scores: the last linear operators before an output or a Cast to float32, and the steps after
 * them. Any other operator on the way back, a pooling or an activation, ends the search: what comes before it computes
 * features.
 */
export function scoreNodes(graph: GraphProto): ReadonlySet<NodeProto> {
  const { producer } = indexGraph(graph)
  const found = new Set<NodeProto>()
  const pending = graph.output.map(({ name }) => name)
  for (const one of graph.node) {
    if (one.opType === 'Cast' && intAttribute(one, 'to', 0) === Number(DataType.FLOAT)) pending.push(one.input[0]!)
  }
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const maker = producer.get(name)
    if (maker === undefined || found.has(maker)) continue
    if (linear.has(maker.opType)) found.add(maker)
    else if (steps.has(maker.opType)) {
      found.add(maker)
      pending.push(...(maker.opType === 'Add' ? maker.input : maker.input.slice(0, 1)))
    }
  }
  return found
}
