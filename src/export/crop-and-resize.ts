import type { Preprocess } from '../image/types.js'
import { addedPrefix } from '../model/tensor-names.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { cloneModel, opsetVersion, type LoadedModel } from '../onnx/model.js'
import { renameTensors } from '../onnx/rename.js'
import { DataType } from '../onnx/tensor.js'
import { inputs } from './card.js'
import { NodeList } from './node-list.js'
import { isEnlarged, resample, type Stretch } from './resampling.js'

/** Whether the graph's operators go back far enough: `Range` came with this version. */
export function canResize(model: LoadedModel): boolean {
  return opsetVersion(model) >= 11
}

/**
 * Puts cropping and resizing into a graph with float input, which then takes pictures of any size, [batch, 3, any, any]: the middle
 * that `preprocess` selects, resampled as `image/` does it, nearly to the bit. A side takes two operations: a Gather of the pixels, and
 * a product with their weights.
 */
export function cropAndResize(original: LoadedModel, preprocess: Preprocess): LoadedModel {
  const model = cloneModel(original)
  const { graph } = model
  const { name } = inputs.float
  const prefix = `${addedPrefix}resize/`
  const list = new NodeList(prefix, opsetVersion(model))
  const [batch] = shapeOf(graph.input[0]!)!
  renameTensors(graph, new Map([[name, `${prefix}resized`]]))

  const [height, width] = centralStretches(list, name, preprocess)
  const enlarged = isEnlarged(list, [
    [height, preprocess.height],
    [width, preprocess.width],
  ])
  const rows = resample(list, height, preprocess.height, preprocess.interpolation, enlarged)
  const columns = resample(list, width, preprocess.width, preprocess.interpolation, enlarged)
  const pixels = list.op('Gather', [list.op('Gather', [name, rows.places], { axis: 2 }), columns.places], { axis: 3 })
  // Rounded to the levels of a picture in between, as libvips does.
  const white = list.float(255)
  const low = list.round(list.op('Mul', [list.op('MatMul', [rows.weights, pixels]), white]))
  const bytes = list.op('Div', [list.op('Clip', [low, list.float(0), white]), white])
  const weights = list.op('Transpose', [columns.weights], { perm: [1, 0] })
  list.nodes.push(node('MatMul', [bytes, weights], `${prefix}resized`))

  graph.node.unshift(...list.nodes)
  graph.initializer.push(...list.constants)
  graph.input = [valueInfo(name, DataType.FLOAT, [batch!, 3, 'height', 'width'])]
  return model
}

/** The part of a picture that the model looks at, as `centralRegion` and `roundRectangle` in `image/` have it. */
function centralStretches(list: NodeList, picture: string, preprocess: Preprocess): [Stretch, Stretch] {
  const shape = list.op('Shape', [picture])
  const fullHeight = list.toFloat(list.op('Gather', [shape, list.ints([], [2])]))
  const fullWidth = list.toFloat(list.op('Gather', [shape, list.ints([], [3])]))
  let height = fullHeight
  let width = fullWidth
  if (preprocess.resize === 'shorter') {
    const aspect = list.float(preprocess.width / preprocess.height)
    height = list.op('Min', [fullHeight, list.op('Div', [fullWidth, aspect])])
    width = list.op('Min', [fullWidth, list.op('Mul', [fullHeight, aspect])])
  }
  const middle = (side: string, full: string): Stretch => {
    const cropped = list.round(list.op('Mul', [side, list.float(preprocess.cropFraction)]))
    const length = list.op('Max', [cropped, list.float(1)])
    return { length, start: list.round(list.op('Mul', [list.op('Sub', [full, length]), list.float(0.5)])) }
  }
  return [middle(height, fullHeight), middle(width, fullWidth)]
}
