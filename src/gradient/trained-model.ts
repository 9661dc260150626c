import { NpluskError } from '../core/errors.js'
import { changed, type GraphProto, type LoadedModel } from '../onnx/model.js'
import { keepNeeded } from '../onnx/prune.js'
import { dimsOf, floatTensor } from '../onnx/tensor.js'

/**
 * A model with other values for some initialisers.
 *
 * @param values by the initialiser's name, row-major
 * @param outputs of the model; the result has these alone and what they need. @default all
 * @throws NpluskError `BAD_MODEL` where the model has no such output
 */
export function withValues(
  model: LoadedModel,
  values: ReadonlyMap<string, Float32Array>,
  outputs?: readonly string[],
): LoadedModel {
  const initializer = model.graph.initializer.map((one) => {
    const data = values.get(one.name)
    return data === undefined ? one : floatTensor(one.name, dimsOf(one), data)
  })
  const graph = changed(model.graph, { initializer })
  return changed(model, { graph: outputs === undefined ? graph : reduced(graph, outputs) })
}

/** A graph that has some of its outputs alone, and what these need. */
function reduced(graph: GraphProto, outputs: readonly string[]): GraphProto {
  const output = outputs.map((name) => {
    const found = graph.output.find((one) => one.name === name)
    if (found === undefined) throw new NpluskError('BAD_MODEL', `The model has no output "${name}".`)
    return found
  })
  const result = changed(graph, { output })
  keepNeeded(result)
  return result
}
