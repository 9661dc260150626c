import { NpluskError } from '../core/errors.js'
import type { TensorProto } from './model.js'
import { DataType, elementCount } from './tensor.js'

const bytesPerElement: Partial<Record<number, number>> = {
  [DataType.UINT8]: 1,
  [DataType.INT8]: 1,
  [DataType.BOOL]: 1,
  [DataType.UINT16]: 2,
  [DataType.INT16]: 2,
  [DataType.FLOAT16]: 2,
  [DataType.BFLOAT16]: 2,
  [DataType.FLOAT]: 4,
  [DataType.INT32]: 4,
  [DataType.UINT32]: 4,
  [DataType.DOUBLE]: 8,
  [DataType.INT64]: 8,
  [DataType.UINT64]: 8,
}

/**
 * How many bytes of `raw_data` a tensor's type and shape ask for.
 *
 * @throws NpluskError `BAD_MODEL` for a type that has no fixed size, or a negative dimension
 */
export function storedBytes(tensor: TensorProto): number {
  const size = bytesPerElement[tensor.dataType]
  if (size === undefined || tensor.dims.some((dim) => dim < 0n)) {
    throw new NpluskError(
      'BAD_MODEL',
      `Tensor ${tensor.name} is damaged: its type or shape is not valid; fetch the model again.`,
    )
  }
  return size * elementCount(tensor)
}
