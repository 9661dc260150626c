import { tensorNames } from '../backbone/tensor-names.js'
import type { Backbone } from '../features/backbone.js'
import { analyseNetwork } from '../locate/network.js'
import { rowGraph } from '../onnx/each-row.js'
import { decodeModel } from '../onnx/model.js'

/**
 * Lengths of the parts of a backbone's features, each the output of one block, the bottleneck last; all of it as one
 * part where the graph does not tell.
 */
export function featureParts({ graph, dim }: Pick<Backbone, 'graph' | 'dim'>): number[] {
  const { shapes, order } = analyseNetwork(rowGraph(decodeModel(graph)))
  const joined = order.find(({ output }) => output.includes(tensorNames.features))
  const lengths = joined?.input.map((name) => shapes.get(name)?.at(-1) ?? 0) ?? []
  return lengths.reduce((sum, length) => sum + length, 0) === dim ? lengths : [dim]
}
