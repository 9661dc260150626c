import { NpluskError } from '../core/errors.js'
import { appendOutput } from '../onnx/append-output.js'
import { valueInfo } from '../onnx/build.js'
import { DataType } from '../onnx/tensor.js'

/**
 * Makes tensors outputs of a classifier's graph, such as the features or the base model's logits. Every prepared
 * backbone computes them under the same names: no node is added, and the scores stay what they are.
 *
 * @param model an ONNX file with a prepared backbone in it
 * @param sizes how many numbers each has for an image, by name
 * @throws NpluskError `BAD_MODEL` where it is no ONNX file
 */
export function exposeOutputs(model: Uint8Array, sizes: Readonly<Record<string, number>>): Uint8Array {
  try {
    return Object.entries(sizes).reduce(
      (exposed, [name, size]) => appendOutput(exposed, valueInfo(name, DataType.FLOAT, ['batch', size])),
      model,
    )
  } catch (cause) {
    throw new NpluskError('BAD_MODEL', 'the model is not a readable ONNX file: it may be damaged; fetch it again.', {
      cause,
    })
  }
}
