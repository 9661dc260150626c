import { declaredShapes } from '../onnx/declared-shapes.js'
import { indexGraph, trueInputs, type GraphIndex } from '../onnx/graph.js'
import { inferShapes, type Shape } from '../onnx/infer-shapes.js'
import { opsetVersion, type LoadedModel, type NodeProto } from '../onnx/model.js'
import { elementCount, newerTypes, readTensor } from '../onnx/tensor.js'
import { readImageInput } from './input.js'
import { topologicalOrder } from './order.js'
import type { ImageInput } from './types.js'

/** A checked graph, and what the search for its head needs to know about it. */
export interface Network {
  readonly model: LoadedModel
  readonly index: GraphIndex
  /** Nodes in topological order. */
  readonly order: readonly NodeProto[]
  readonly input: ImageInput
  /** Shapes under the declared batch, or 1 where it is free. */
  readonly shapes: ReadonlyMap<string, Shape>
  /** False where height or width is free; `shapes` then assumes a usual size. */
  readonly sizesFixed: boolean
  /** Tensors computed from the image. Everything else is constant. */
  readonly fromImage: ReadonlySet<string>
}

/** Assumed for a free height or width: every usual classifier accepts it. */
const usualSize = 224

/**
 * Checks the graph's connections and infers its shapes.
 *
 * @param layout of the image, where it is known
 * @throws NpluskError `BAD_MODEL` for a cycle, a tensor that no node computes, or a missing image input
 */
export function analyseNetwork(model: LoadedModel, layout?: ImageInput['layout']): Network {
  const index = indexGraph(model.graph)
  const order = topologicalOrder(index)
  const input = readImageInput(model, index, layout)
  const inputs = inputShapes(model, input, input.batch === 'free' ? 1 : input.batch)
  const { shapes } = inferShapes(model.graph, order, inputs, {
    opset: opsetVersion(model),
    useDeclared: true,
    index,
  })
  const sizesFixed = input.width !== undefined && input.height !== undefined
  return {
    model,
    index,
    order,
    input,
    shapes,
    sizesFixed,
    fromImage: reachable(input.name, order),
  }
}

/** The shape of every graph input, with the image's batch and free sizes filled in. */
export function inputShapes(
  model: LoadedModel,
  { name, layout, width, height, channels }: ImageInput,
  batch: number,
): Map<string, Shape> {
  const shapes = new Map<string, Shape>(declaredShapes(trueInputs(model.graph)))
  const plane = [height ?? usualSize, width ?? usualSize]
  shapes.set(name, layout === 'NCHW' ? [batch, channels, ...plane] : [batch, ...plane, channels])
  return shapes
}

/** Tensors that depend on the values of `start`; Shape and Size depend on its dimensions only. */
function reachable(start: string, order: readonly NodeProto[]): Set<string> {
  const found = new Set([start])
  for (const node of order) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue
    if (node.input.some((name) => found.has(name))) for (const name of node.output) if (name !== '') found.add(name)
  }
  return found
}

/** The value of a constant with one element. */
export function scalarOf({ constants }: GraphIndex, name: string | undefined): number | undefined {
  const constant = constants.get(name ?? '')
  return constant && !newerTypes[constant.dataType] && elementCount(constant) === 1
    ? readTensor(constant)[0]
    : undefined
}
