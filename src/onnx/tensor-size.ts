import { NpluskError } from '../core/errors.js'
import type { TensorProto } from './model.js'
import { bytesPerElement, elementCount, newerTypes, type DataType } from './tensor.js'

/**
 * Bytes of `raw_data` that a tensor's type and shape require; numbers of 4 bits lie two to a byte.
 *
 * @throws NpluskError `BAD_MODEL` for a type without a fixed size, or a negative dimension
 */
export function storedBytes(tensor: TensorProto): number {
  const size = bytesPerElement[tensor.dataType as DataType] ?? newerTypes[tensor.dataType]?.bytes
  if (size === undefined || tensor.dims.some((dim) => dim < 0n)) {
    throw new NpluskError(
      'BAD_MODEL',
      `Tensor ${tensor.name} is damaged: its type or shape is not valid; fetch the model again.`,
    )
  }
  return Math.ceil(size * elementCount(tensor))
}
