import type { Preprocess } from '../image/types.js'
import { addedPrefix } from '../backbone/tensor-names.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { cloneModel, opsetVersion, type LoadedModel } from '../onnx/model.js'
import { renameTensors } from '../onnx/rename.js'
import { DataType } from '../onnx/tensor.js'
import { inputs } from './card.js'
import { NodeList } from './node-list.js'
import { resize } from './resize.js'

/** Whether the model's opset has `Range` and `CumSum`, which came with version 11. */
export function canResize(model: LoadedModel): boolean {
  return opsetVersion(model) >= 11
}

/**
 * Adds cropping and resizing to a graph with float input, which then takes images of any size, [batch, 3, height,
 * width]. It selects the region that `preprocess` describes, and gives the same pixels as `image/`.
 */
export function cropAndResize(original: LoadedModel, preprocess: Preprocess): LoadedModel {
  const model = cloneModel(original)
  const { graph } = model
  const { name } = inputs.float
  const prefix = `${addedPrefix}resize/`
  const list = new NodeList(prefix)
  const [batch] = shapeOf(graph.input[0]!)!
  renameTensors(graph, new Map([[name, `${prefix}resized`]]))

  const { cropped, height, width } = centre(list, name, preprocess)
  // Rounded to integers, as fixed-point arithmetic follows.
  const bytes = list.float('Floor', list.float('Add', list.float('Mul', cropped, 255), 0.5))
  const sides = [
    { length: height, size: preprocess.height },
    { length: width, size: preprocess.width },
  ] as const
  const resized = resize(list, bytes, sides, preprocess.interpolation)
  list.nodes.push(node('Identity', [list.float('Div', resized, 255)], `${prefix}resized`))

  graph.node.unshift(...list.nodes)
  graph.initializer.push(...list.constants)
  graph.input = [valueInfo(name, DataType.FLOAT, [batch!, 3, 'height', 'width'])]
  return model
}

/**
 * The region of an image that the model sees, and its size, float64: the same operations as `centralRegion` and
 * `roundRectangle` in `image/`.
 */
function centre(
  list: NodeList,
  picture: string,
  { resize, width, height, cropFraction }: Preprocess,
): { cropped: string; height: string; width: string } {
  const shape = list.op('Shape', [picture])
  const fullHeight = list.toDouble(list.op('Gather', [shape, list.ints([], [2])]))
  const fullWidth = list.toDouble(list.op('Gather', [shape, list.ints([], [3])]))
  const aspect = width / height
  const isShorter = resize === 'shorter'
  const high = isShorter ? list.double('Min', fullHeight, list.double('Div', fullWidth, aspect)) : fullHeight
  const wide = isShorter ? list.double('Min', fullWidth, list.double('Mul', fullHeight, aspect)) : fullWidth
  const rows = middle(list, list.double('Mul', high, cropFraction), fullHeight)
  const columns = middle(list, list.double('Mul', wide, cropFraction), fullWidth)
  const bounds = (side: 'start' | 'end') => list.vector(list.toInt(rows[side]), list.toInt(columns[side]))
  const cropped = list.op('Slice', [picture, bounds('start'), bounds('end'), list.ints([2], [2, 3])])
  return { cropped, height: rows.length, width: columns.length }
}

/** The central section of a side in whole pixels; scalars, float64. */
function middle(list: NodeList, exact: string, full: string): { start: string; length: string; end: string } {
  const half = (value: string) => list.double('Div', value, 2)
  const round = (value: string) => list.double('Floor', list.double('Add', value, 0.5))
  const length = list.double('Min', list.double('Max', round(exact), 1), full)
  const before = half(list.double('Sub', full, exact))
  const start = round(list.double('Add', before, half(list.double('Sub', exact, length))))
  return { start, length, end: list.double('Add', start, length) }
}
