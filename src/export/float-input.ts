import { addedPrefix, tensorNames } from '../backbone/tensor-names.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { cloneModel, opsetVersion, type LoadedModel } from '../onnx/model.js'
import { renameTensors } from '../onnx/rename.js'
import { DataType, floatTensor } from '../onnx/tensor.js'
import { inputs } from './card.js'

/**
 * Replaces the input `image` of a classifier by `pixel_values`, float32 [batch, 3, height, width], RGB in 0..1. Values
 * are rounded to the 256 levels of an image, so that the rest of the graph, and every logit, stay unchanged.
 */
export function floatInput(original: LoadedModel): LoadedModel {
  const model = cloneModel(original)
  const { graph } = model
  const { name } = inputs.float
  // The base model may already use that name.
  renameTensors(graph, new Map([[name, `${addedPrefix}base/${name}`]]))
  const [batch, height, width] = shapeOf(graph.input.find((input) => input.name === tensorNames.image)!)!
  const prefix = `${addedPrefix}float/`
  const constant = (what: string, value: number) => {
    graph.initializer.push(floatTensor(`${prefix}${what}`, [], [value]))
    return `${prefix}${what}`
  }
  graph.node.unshift(
    node('Mul', [name, constant('white', 255)], `${prefix}scaled`),
    // A Cast truncates, so 0.5 is added for rounding.
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
