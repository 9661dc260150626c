import { badModel } from './bad-model.js'
import type { TfliteTensor } from './model.js'

/** value = scale · (stored − zeroPoint), stored in 0 … 255. */
export interface Uint8Quantization {
  readonly scale: number
  readonly zeroPoint: number
}

/**
 * The scale and zero point of a uint8 tensor.
 *
 * @throws NpluskError `BAD_MODEL` for another type, for one scale per channel, or for a scale that is not positive and
 * finite
 */
export function uint8Quantization(tensor: TfliteTensor): Uint8Quantization {
  expectType(tensor, 'UINT8')
  const [scale, ...more] = tensor.quantization.scale
  const [zeroPoint = 0] = tensor.quantization.zeroPoint
  const isSupported =
    scale !== undefined && more.length === 0 && scale > 0 && scale < Infinity && zeroPoint >= 0 && zeroPoint <= 255
  if (!isSupported) {
    throw badModel(
      `TFLite tensor ${tensor.name} is not quantised with one scale and one zero point; this kind cannot be converted.`,
    )
  }
  return { scale, zeroPoint }
}

/** The smallest and the largest number that a uint8 tensor can express. */
export function rangeOf(tensor: TfliteTensor): readonly [number, number] {
  const { scale, zeroPoint } = uint8Quantization(tensor)
  return [-zeroPoint * scale, (255 - zeroPoint) * scale]
}

/**
 * The scale of a bias of 32-bit integers with zero point 0.
 *
 * @throws NpluskError `BAD_MODEL` for another type, or unless there is one positive, finite scale
 */
export function biasScale(tensor: TfliteTensor): number {
  expectType(tensor, 'INT32')
  const [scale, ...more] = tensor.quantization.scale
  if (scale === undefined || more.length > 0 || !(scale > 0 && scale < Infinity)) {
    throw badModel(`TFLite bias ${tensor.name} is not quantised with one scale; this kind cannot be converted.`)
  }
  return scale
}

function expectType(tensor: TfliteTensor, type: string): void {
  if (tensor.type === type) return
  throw badModel(
    `TFLite tensor ${tensor.name} is ${tensor.type}, not ${type}; only uint8-quantised models can be converted.`,
  )
}
