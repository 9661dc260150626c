import { addedPrefix, tensorNames } from '../backbone/tensor-names.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { cloneModel, opsetVersion, type LoadedModel } from '../onnx/model.js'
import { renameTensors } from '../onnx/rename.js'
import { DataType, floatTensor } from '../onnx/tensor.js'
import { inputs } from './card.js'

/**
 * Gives a classifier an input `pixel_values`, float32 [batch, 3, height, width], RGB in 0..1, in place of `image`.
 * Values are rounded to the 256 levels of a picture, so that the graph behind them, and every logit, stay what they
 * were.
 */
export function floatInput(original: LoadedModel): LoadedModel {
  const model = cloneModel(original)
  const { graph } = model
  const { name } = inputs.float
  // A base model may have called its own input that.
  renameTensors(graph, new Map([[name, `${addedPrefix}base/${name}`]]))
  const [batch, height, width] = shapeOf(graph.input.find((input) => input.name === tensorNames.image)!)!
  const prefix = `${addedPrefix}float/`
  const constant = (what: string, value: number) => {
    graph.initializer.push(floatTensor(`${prefix}${what}`, [], [value]))
    return `${prefix}${what}`
  }
  graph.node.unshift(
    node('Mul', [name, constant('white', 255)], `${prefix}scaled`),
    // A Cast cuts fractions off.
    node('Add', [`${prefix}scaled`, constant('half', 0.5)], `${prefix}rounded`),
    opsetVersion(model) < 11
      ? node('Clip', [`${prefix}rounded`], `${prefix}clipped`, { min: { float: 0 }, max: { float: 255 } })
      : node('Clip', [`${prefix}rounded`, constant('min', 0), constant('max', 255)], `${prefix}clipped`),
    node('Cast', [`${prefix}clipped`], `${prefix}bytes`, { to: DataType.UINT8 }),
    node('Transpose', [`${prefix}bytes`], tensorNames.image, { perm: [0, 2, 3, 1] }),
  )
  graph.input = [valueInfo(name, DataType.FLOAT, [batch!, 3, height!, width!])]
  return model
}
