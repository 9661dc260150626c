import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { TensorProto_DataLocation, TensorProtoSchema } from '../../src/onnx/generated/onnx_pb.js'
import { DataType, dimsOf, elementCount, floatTensor, int64Tensor, readTensor, tensor } from '../../src/onnx/tensor.js'

type Fields = Omit<NonNullable<Parameters<typeof create<typeof TensorProtoSchema>>[1]>, '$typeName'>

function proto(dataType: DataType, dims: readonly number[], fields: Fields) {
  return create(TensorProtoSchema, { name: 'w', dataType, dims: dims.map(BigInt), ...fields })
}

function raw(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

describe('readTensor, raw_data', () => {
  test.each<[string, DataType, ArrayBufferView, number[]]>([
    ['FLOAT', DataType.FLOAT, Float32Array.of(1.5, -2, 3e38), [1.5, -2, Math.fround(3e38)]],
    ['DOUBLE', DataType.DOUBLE, Float64Array.of(0.1, -1e300), [0.1, -1e300]],
    ['FLOAT16', DataType.FLOAT16, Uint16Array.of(0x3c00, 0xc000, 0x3555), [1, -2, 0.333251953125]],
    ['BFLOAT16', DataType.BFLOAT16, Uint16Array.of(0x3f80, 0xc000, 0x3eab), [1, -2, 0.333984375]],
    ['UINT8', DataType.UINT8, Uint8Array.of(0, 255), [0, 255]],
    ['INT8', DataType.INT8, Int8Array.of(-128, 127), [-128, 127]],
    ['BOOL', DataType.BOOL, Uint8Array.of(0, 1), [0, 1]],
    ['UINT16', DataType.UINT16, Uint16Array.of(0, 65535), [0, 65535]],
    ['INT16', DataType.INT16, Int16Array.of(-32768, 32767), [-32768, 32767]],
    ['INT32', DataType.INT32, Int32Array.of(-(2 ** 31), 2 ** 31 - 1), [-(2 ** 31), 2 ** 31 - 1]],
    ['UINT32', DataType.UINT32, Uint32Array.of(0, 2 ** 32 - 1), [0, 2 ** 32 - 1]],
    ['INT64', DataType.INT64, BigInt64Array.of(-5n, 2n ** 40n), [-5, 2 ** 40]],
    ['UINT64', DataType.UINT64, BigUint64Array.of(5n, 2n ** 40n), [5, 2 ** 40]],
  ])('reads %s', (_, type, data, expected) => {
    expect([...readTensor(proto(type, [expected.length], { rawData: raw(data) }))]).toEqual(expected)
  })

  test.each([1, 2, 3])('reads views that lie %d bytes into a Buffer', (offset) => {
    const buffer = Buffer.alloc(offset + 8 + 3)
    buffer.writeFloatLE(1.5, offset)
    buffer.writeFloatLE(-7, offset + 4)
    const view = buffer.subarray(offset, offset + 8)
    expect([...readTensor(proto(DataType.FLOAT, [2], { rawData: view }))]).toEqual([1.5, -7])
  })

  test('gives a copy', () => {
    const data = Float32Array.of(1)
    const values = readTensor(floatTensor('w', [1], data))
    values[0] = 2
    expect(data[0]).toBe(1)
  })
})

describe('readTensor, typed fields', () => {
  test.each<[string, DataType, Fields, number[]]>([
    ['FLOAT in float_data', DataType.FLOAT, { floatData: [1.5, -2] }, [1.5, -2]],
    ['DOUBLE in double_data', DataType.DOUBLE, { doubleData: [0.1, -1e300] }, [0.1, -1e300]],
    ['INT64 in int64_data', DataType.INT64, { int64Data: [-5n, 7n] }, [-5, 7]],
    ['INT32 in int32_data', DataType.INT32, { int32Data: [-5, 7] }, [-5, 7]],
    ['UINT8 in int32_data', DataType.UINT8, { int32Data: [0, 255] }, [0, 255]],
    ['INT8 in int32_data', DataType.INT8, { int32Data: [-128, 127] }, [-128, 127]],
    ['BOOL in int32_data', DataType.BOOL, { int32Data: [0, 1] }, [0, 1]],
    ['FLOAT16 bits in int32_data', DataType.FLOAT16, { int32Data: [0x3c00, 0xc000] }, [1, -2]],
    ['BFLOAT16 bits in int32_data', DataType.BFLOAT16, { int32Data: [0x3f80, 0xc000] }, [1, -2]],
    ['UINT32 in uint64_data', DataType.UINT32, { uint64Data: [0n, 4294967295n] }, [0, 4294967295]],
    ['UINT64 in uint64_data', DataType.UINT64, { uint64Data: [5n, 7n] }, [5, 7]],
  ])('reads %s', (_, type, fields, expected) => {
    expect([...readTensor(proto(type, [expected.length], fields))]).toEqual(expected)
  })

  test('reads a scalar, and a tensor without elements', () => {
    expect([...readTensor(proto(DataType.FLOAT, [], { floatData: [4] }))]).toEqual([4])
    expect(readTensor(proto(DataType.FLOAT, [0, 3], {}))).toHaveLength(0)
    expect(readTensor(proto(DataType.INT64, [0], {}))).toHaveLength(0)
  })
})

describe('readTensor refuses', () => {
  test.each<[string, DataType, Fields]>([
    ['raw data that is too short', DataType.FLOAT, { rawData: new Uint8Array(7) }],
    ['raw data that is too long', DataType.FLOAT, { rawData: new Uint8Array(12) }],
    ['too few values', DataType.FLOAT, { floatData: [1] }],
    ['values in the field of another type', DataType.DOUBLE, { floatData: [1, 2] }],
    ['no data at all', DataType.INT64, {}],
    ['texts', DataType.STRING, { stringData: [Uint8Array.of(65), Uint8Array.of(66)] }],
    ['raw texts', DataType.STRING, { rawData: Uint8Array.of(65, 66) }],
  ])('%s, naming the tensor', (_, type, fields) => {
    expect(() => readTensor(proto(type, [2], fields))).toThrow(
      expect.objectContaining({
        code: 'BAD_MODEL',
        message: 'Tensor w is damaged: its data does not fit its shape [2].',
      }),
    )
  })

  test('a type it has no numbers for, and data in another file', () => {
    expect(() => readTensor(proto(22 as DataType, [2], { rawData: new Uint8Array(1) }))).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: 'Tensor w is of type INT4, which is not read.' }),
    )
    expect(() => readTensor(proto(DataType.FLOAT, [1], { dataLocation: TensorProto_DataLocation.EXTERNAL }))).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: expect.stringContaining('external file') }),
    )
  })
})

describe('tensor', () => {
  test('writes little-endian raw data of the array alone, not of the buffer it lies in', () => {
    const part = Float32Array.of(9, 1, 2, 9).subarray(1, 3)
    const made = tensor('w', DataType.FLOAT, [2, 1], part)
    expect([...made.rawData]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40])
    expect(made.floatData).toEqual([])
    expect({ name: made.name, dims: dimsOf(made), count: elementCount(made) }).toEqual({
      name: 'w',
      dims: [2, 1],
      count: 2,
    })
  })

  test('comes back through readTensor', () => {
    expect([...readTensor(floatTensor('w', [2], [0.5, 2]))]).toEqual([0.5, 2])
    expect([...readTensor(int64Tensor('w', [3], [-1, 0, 2 ** 40]))]).toEqual([-1, 0, 2 ** 40])
  })
})
