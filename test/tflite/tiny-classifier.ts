import { createRandom } from '../../src/math/random.js'
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../src/tflite/model.js'

/**
 * A uint8-quantised classifier of 5 classes for images of 8 x 7 pixels, with every operator that is converted:
 *
 *     input -> conv 3x3 SAME stride 2 -> (max pool, average pool SAME) -> concat -> average pool VALID -> conv 1x1
 *       -> reshape
 */
export function tinyClassifier(): TfliteModel {
  const random = createRandom('tiny classifier')
  const next = () => random.integer(256)
  const bytes = (count: number) => Uint8Array.from({ length: count }, next)
  const bias = (count: number) => new Uint8Array(Int32Array.from({ length: count }, () => (next() - 128) * 20).buffer)
  const uint8 = (
    name: string,
    shape: number[],
    scale: number,
    zeroPoint: number,
    data = new Uint8Array(),
  ): TfliteTensor => {
    return { name, shape, type: 'UINT8', quantization: { scale: [scale], zeroPoint: [zeroPoint] }, data }
  }
  const int32 = (name: string, shape: number[], scale: number, data: Uint8Array): TfliteTensor => {
    return { name, shape, type: 'INT32', quantization: { scale: [scale], zeroPoint: [0] }, data }
  }
  const tensors = [
    uint8('input', [1, 8, 7, 3], 2 ** -7, 128), // 0
    uint8('stem/weights', [4, 3, 3, 3], 2 ** -7, 120, bytes(4 * 9 * 3)),
    int32('stem/bias', [4], 2 ** -14, bias(4)),
    uint8('stem', [1, 4, 4, 4], 2 ** -6, 0), // 3
    uint8('max', [1, 4, 4, 4], 2 ** -6, 0),
    uint8('average', [1, 4, 4, 4], 2 ** -6, 0), // 5
    uint8('concat', [1, 4, 4, 8], 2 ** -5, 3),
    uint8('pooled', [1, 1, 1, 8], 2 ** -5, 3), // 7
    uint8('head/weights', [5, 1, 1, 8], 2 ** -6, 131, bytes(5 * 8)),
    int32('head/bias', [5], 2 ** -11, bias(5)),
    uint8('head', [1, 1, 1, 5], 2 ** -3, 128), // 10
    uint8('output', [1, 5], 2 ** -3, 128),
    int32('shape', [2], 1, new Uint8Array(Int32Array.of(1, 5).buffer)),
  ]
  const conv = { dilations: [1, 1], activation: 'NONE' } as const
  const pool = { kernel: [3, 3], activation: 'NONE' } as const
  const operators: TfliteOperator[] = [
    {
      type: 'CONV_2D',
      version: 1,
      inputs: [0, 1, 2],
      outputs: [3],
      options: { ...conv, padding: 'SAME', strides: [2, 2] },
    },
    {
      type: 'MAX_POOL_2D',
      version: 1,
      inputs: [3],
      outputs: [4],
      options: { ...pool, padding: 'SAME', strides: [1, 1] },
    },
    {
      type: 'AVERAGE_POOL_2D',
      version: 1,
      inputs: [3],
      outputs: [5],
      options: { ...pool, padding: 'SAME', strides: [1, 1] },
    },
    { type: 'CONCATENATION', version: 1, inputs: [4, 5], outputs: [6], options: { axis: 3, activation: 'NONE' } },
    {
      type: 'AVERAGE_POOL_2D',
      version: 1,
      inputs: [6],
      outputs: [7],
      options: { ...pool, padding: 'VALID', strides: [2, 2] },
    },
    {
      type: 'CONV_2D',
      version: 1,
      inputs: [7, 8, 9],
      outputs: [10],
      options: { ...conv, padding: 'SAME', strides: [1, 1] },
    },
    { type: 'RESHAPE', version: 1, inputs: [10, 12], outputs: [11] },
  ]
  return { version: 3, tensors, operators, inputs: [0], outputs: [11] }
}
