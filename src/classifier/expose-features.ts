import { tensorNames } from '../backbone/tensor-names.js'
import { valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'

/**
 * Makes the features an output of a classifier's graph. Every prepared backbone computes them under one name: no node
 * is added, and the scores stay what they are.
 *
 * @param model an ONNX file with a prepared backbone in it
 * @param dim number of features
 */
export function exposeFeatures(model: Uint8Array, dim: number): Uint8Array {
  const decoded = decodeModel(model)
  const { output } = decoded.graph
  if (!output.some(({ name }) => name === tensorNames.features)) {
    const [batch = 'batch'] = shapeOf(output[0]!) ?? []
    output.push(valueInfo(tensorNames.features, DataType.FLOAT, [batch, dim]))
  }
  return encodeModel(decoded)
}
