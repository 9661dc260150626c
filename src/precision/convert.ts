import { NpluskError } from '../core/errors.js'
import { isEachRow } from '../onnx/each-row.js'
import type { LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { dequantise, isQuantised } from './dequantise.js'
import { toFloat16 } from './to-float16.js'

/**
 * Number format of a graph's weights and activations. `int8`: 8-bit integers between QuantizeLinear and
 * DequantizeLinear, as stored in the file.
 */
export type Precision = 'int8' | 'float16' | 'float32'

export const precisions: readonly Precision[] = ['int8', 'float16', 'float32']

/**
 * Converts a classifier to another precision; inputs and outputs keep their names, types and shapes. A quantised graph
 * becomes a float one that clamps where quantisation saturated. A float graph cannot become int8: that would need
 * calibration.
 *
 * @returns a new model, or `model` itself where it already has that precision
 * @throws NpluskError `BAD_MODEL` where there is no such conversion, with the reason
 */
export function toPrecision(model: LoadedModel, precision: Precision): LoadedModel {
  if (precision === 'int8') {
    if (isQuantised(model)) return model
    throw new NpluskError('BAD_MODEL', 'The model is not quantised and cannot be made int8; choose float16 or float32.')
  }
  if (isEachRow(model)) {
    throw new NpluskError(
      'BAD_MODEL',
      'The model runs one picture at a time and cannot be turned into another precision; leave the precision out.',
    )
  }
  if (precision === 'float16') return toFloat16(dequantise(model))
  const float = isQuantised(model) ? dequantise(model) : model
  if (float.graph.initializer.some(({ dataType }) => dataType === DataType.FLOAT16)) {
    throw new NpluskError('BAD_MODEL', 'The model is float16 and gains nothing as float32; choose float16.')
  }
  return float
}
