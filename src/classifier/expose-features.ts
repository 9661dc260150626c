import { tensorNames } from '../backbone/tensor-names.js'
import { NpluskError } from '../core/errors.js'
import { appendOutput } from '../onnx/append-output.js'
import { valueInfo } from '../onnx/build.js'
import { DataType } from '../onnx/tensor.js'

/**
 * Makes the features an output of a classifier's graph. Every prepared backbone computes them under one name: no node
 * is added, and the scores stay what they are.
 *
 * @param model an ONNX file with a prepared backbone in it
 * @param dim number of features
 * @throws NpluskError `BAD_MODEL` where it is no ONNX file
 */
export function exposeFeatures(model: Uint8Array, dim: number): Uint8Array {
  try {
    return appendOutput(model, valueInfo(tensorNames.features, DataType.FLOAT, ['batch', dim]))
  } catch (cause) {
    throw new NpluskError('BAD_MODEL', 'the model is not a readable ONNX file: it may be damaged; fetch it again.', {
      cause,
    })
  }
}
