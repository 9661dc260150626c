import { NpluskError } from '../core/errors.js'
import { isEachRow } from '../onnx/each-row.js'
import type { LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { dequantise, isQuantised } from './dequantise.js'
import { toFloat16 } from './to-float16.js'

/**
 * What a graph computes in. `int8`: 8-bit integers between QuantizeLinear and DequantizeLinear, as the file has them.
 */
export type Precision = 'int8' | 'float16' | 'float32'

export const precisions: readonly Precision[] = ['int8', 'float16', 'float32']

/**
 * The same classifier in another precision; inputs and outputs keep their names, types and shapes. Quantised graphs
 * become float ones that clamp where the integers did; the other way, which needs calibration, is not offered.
 *
 * @returns `model` itself where it is in that precision already; it is not changed
 * @throws NpluskError `BAD_MODEL` where there is no such conversion, naming what is in its way
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
