import { create } from '@bufbuild/protobuf'
import { NpluskError } from '../core/errors.js'
import { float16ToFloat32 } from '../math/float16.js'
import {
  TensorProto_DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.js'

export { DataType }

/** Typed arrays that a tensor can be made from. */
export type TensorData = Float32Array | Float64Array | Uint8Array | Int8Array | Int32Array | BigInt64Array | Uint16Array

/** Bytes of one element in `raw_data`; types without an entry have no fixed size. */
export const bytesPerElement: Partial<Record<DataType, number>> = {
  [DataType.FLOAT]: 4,
  [DataType.UINT8]: 1,
  [DataType.INT8]: 1,
  [DataType.UINT16]: 2,
  [DataType.INT16]: 2,
  [DataType.INT32]: 4,
  [DataType.INT64]: 8,
  [DataType.BOOL]: 1,
  [DataType.FLOAT16]: 2,
  [DataType.BFLOAT16]: 2,
  [DataType.DOUBLE]: 8,
  [DataType.UINT32]: 4,
  [DataType.UINT64]: 8,
}

/** Types newer than the schema, whose values are kept and not read: their names, and the bytes of one element. */
export const newerTypes: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  17: { name: 'FLOAT8E4M3FN', bytes: 1 },
  18: { name: 'FLOAT8E4M3FNUZ', bytes: 1 },
  19: { name: 'FLOAT8E5M2', bytes: 1 },
  20: { name: 'FLOAT8E5M2FNUZ', bytes: 1 },
  21: { name: 'UINT4', bytes: 0.5 },
  22: { name: 'INT4', bytes: 0.5 },
  23: { name: 'FLOAT4E2M1', bytes: 0.5 },
  24: { name: 'FLOAT8E8M0', bytes: 1 },
}

/** An initialiser with little-endian `raw_data`; pass a `Uint16Array` with type FLOAT16 for half floats. */
export function tensor(name: string, type: DataType, dims: readonly number[], data: TensorData): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: type,
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  })
}

export function floatTensor(
  name: string,
  dims: readonly number[],
  data: Float32Array | readonly number[],
): TensorProto {
  return tensor(name, DataType.FLOAT, dims, data instanceof Float32Array ? data : Float32Array.from(data))
}

export function int64Tensor(name: string, dims: readonly number[], data: readonly number[]): TensorProto {
  return tensor(name, DataType.INT64, dims, BigInt64Array.from(data.map(BigInt)))
}

/** The shape of a tensor as plain numbers. */
export function dimsOf(proto: TensorProto): number[] {
  return proto.dims.map(Number)
}

/** Number of elements that the tensor's shape requires. */
export function elementCount(proto: TensorProto): number {
  return dimsOf(proto).reduce((product, dim) => product * dim, 1)
}

/**
 * The values of an initialiser as numbers, whatever field and type they are stored in (float16 and bfloat16 are
 * widened).
 *
 * @returns a copy, in row-major order, of length `elementCount`
 * @throws NpluskError `BAD_MODEL` for external data (load it first), strings, types that are not read, or a length
 * that does not fit the shape
 */
export function readTensor(proto: TensorProto): Float32Array | Float64Array {
  const count = elementCount(proto)
  const type = proto.dataType as DataType
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw new NpluskError('BAD_MODEL', `Tensor ${proto.name} lies in an external file that was not loaded.`)
  }
  const newer = newerTypes[proto.dataType]
  if (newer) throw new NpluskError('BAD_MODEL', `Tensor ${proto.name} is of type ${newer.name}, which is not read.`)
  const raw = proto.rawData
  if (raw.length > 0) {
    const size = bytesPerElement[type]
    if (size === undefined || raw.length !== size * count) throw badLength(proto)
    // Not raw.slice(): on a Buffer, that is a view, and views may not be aligned.
    return readRaw(type, Uint8Array.from(raw))
  }
  if (type === DataType.FLOAT && proto.floatData.length === count) return Float32Array.from(proto.floatData)
  if (type === DataType.DOUBLE && proto.doubleData.length === count) return Float64Array.from(proto.doubleData)
  if (type === DataType.INT64 && proto.int64Data.length === count) return Float64Array.from(proto.int64Data, Number)
  if ((type === DataType.UINT32 || type === DataType.UINT64) && proto.uint64Data.length === count) {
    return Float64Array.from(proto.uint64Data, Number)
  }
  if (proto.int32Data.length === count) {
    if (type === DataType.FLOAT16) return Float32Array.from(proto.int32Data, float16ToFloat32)
    if (type === DataType.BFLOAT16) return fromBfloat16(proto.int32Data)
    return Float64Array.from(proto.int32Data)
  }
  if (count === 0) return new Float32Array(0)
  throw badLength(proto)
}

function readRaw(type: DataType, bytes: Uint8Array): Float32Array | Float64Array {
  const buffer = bytes.buffer as ArrayBuffer
  switch (type) {
    case DataType.FLOAT:
      return new Float32Array(buffer)
    case DataType.DOUBLE:
      return new Float64Array(buffer)
    case DataType.FLOAT16:
      return Float32Array.from(new Uint16Array(buffer), float16ToFloat32)
    case DataType.BFLOAT16:
      return fromBfloat16(new Uint16Array(buffer))
    case DataType.UINT8:
    case DataType.BOOL:
      return Float32Array.from(bytes)
    case DataType.INT8:
      return Float32Array.from(new Int8Array(buffer))
    case DataType.UINT16:
      return Float32Array.from(new Uint16Array(buffer))
    case DataType.INT16:
      return Float32Array.from(new Int16Array(buffer))
    case DataType.INT32:
      return Float64Array.from(new Int32Array(buffer))
    case DataType.UINT32:
      return Float64Array.from(new Uint32Array(buffer))
    case DataType.INT64:
      return Float64Array.from(new BigInt64Array(buffer), Number)
    case DataType.UINT64:
      return Float64Array.from(new BigUint64Array(buffer), Number)
    default:
      throw new NpluskError('BAD_MODEL', `A tensor of data type ${DataType[type] ?? type} cannot be read as numbers.`)
  }
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(bits: ArrayLike<number>): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer)
}

function badLength(proto: TensorProto): NpluskError {
  return new NpluskError(
    'BAD_MODEL',
    `Tensor ${proto.name} is damaged: its data does not fit its shape [${dimsOf(proto).join(', ')}].`,
  )
}
