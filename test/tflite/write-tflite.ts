import { Builder } from 'flatbuffers'
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../src/tflite/model.js'

type Offset = number

const tensorTypes: Record<string, number> = { FLOAT32: 0, INT32: 2, UINT8: 3, INT8: 9 }
const builtinCodes: Record<string, number> = {
  AVERAGE_POOL_2D: 1,
  CONCATENATION: 2,
  CONV_2D: 3,
  MAX_POOL_2D: 17,
  RESHAPE: 22,
  SOFTMAX: 25,
}
const activations = ['NONE', 'RELU']

/**
 * Writes a TFLite file; the inverse of `readTflite` for what the tests need. An operator `OTHER` is written as builtin
 * SOFTMAX.
 */
export function writeTflite(model: TfliteModel): Uint8Array {
  const builder = new Builder()
  const empty = table(builder, 1, () => undefined) // by convention, the first buffer is empty
  const buffers = model.tensors.map(({ data }) => {
    const bytes = builder.createByteVector(data)
    return table(builder, 1, () => builder.addFieldOffset(0, bytes, 0))
  })
  const tensors = model.tensors.map((tensor, i) => writeTensor(builder, tensor, i + 1))
  const codes = model.operators.map((operator) => writeCode(builder, operator))
  const operators = model.operators.map((operator, i) => writeOperator(builder, operator, i))
  const lists = [
    offsets(builder, tensors),
    int32s(builder, model.inputs),
    int32s(builder, model.outputs),
    offsets(builder, operators),
  ]
  const graph = table(builder, 4, () => lists.forEach((list, field) => builder.addFieldOffset(field, list, 0)))
  const [codeList, graphList, bufferList] = [
    offsets(builder, codes),
    offsets(builder, [graph]),
    offsets(builder, [empty, ...buffers]),
  ]
  const root = table(builder, 5, () => {
    builder.addFieldInt32(0, model.version, 0)
    builder.addFieldOffset(1, codeList, 0)
    builder.addFieldOffset(2, graphList, 0)
    builder.addFieldOffset(4, bufferList, 0)
  })
  builder.finish(root, 'TFL3')
  return builder.asUint8Array()
}

/** A file whose list of tensors names the same tensor many times: small, but it would take very long to follow. */
export function writeOverlappingTables(count: number): Uint8Array {
  const builder = new Builder()
  const shape = int32s(builder, new Array<number>(count).fill(1))
  const tensor = table(builder, 3, () => builder.addFieldOffset(0, shape, 0))
  const tensors = offsets(builder, new Array<number>(count).fill(tensor))
  const graph = table(builder, 1, () => builder.addFieldOffset(0, tensors, 0))
  const buffers = offsets(builder, [table(builder, 1, () => undefined)])
  const graphs = offsets(builder, [graph])
  const root = table(builder, 5, () => {
    builder.addFieldInt32(0, 3, 0)
    builder.addFieldOffset(2, graphs, 0)
    builder.addFieldOffset(4, buffers, 0)
  })
  builder.finish(root, 'TFL3')
  return builder.asUint8Array()
}

function writeTensor(builder: Builder, tensor: TfliteTensor, buffer: number): Offset {
  const scale = vector(builder, 4, tensor.quantization.scale, (value) => builder.addFloat32(value))
  const zeroPoint = vector(builder, 8, tensor.quantization.zeroPoint, (value) => builder.addInt64(BigInt(value)))
  const quantization = table(builder, 4, () => {
    builder.addFieldOffset(2, scale, 0)
    builder.addFieldOffset(3, zeroPoint, 0)
  })
  const shape = int32s(builder, tensor.shape)
  const name = builder.createString(tensor.name)
  return table(builder, 5, () => {
    builder.addFieldOffset(0, shape, 0)
    builder.addFieldInt8(1, tensorTypes[tensor.type]!, 0)
    builder.addFieldInt32(2, buffer, 0)
    builder.addFieldOffset(3, name, 0)
    builder.addFieldOffset(4, quantization, 0)
  })
}

function writeCode(builder: Builder, { type, version }: TfliteOperator): Offset {
  return table(builder, 4, () => {
    builder.addFieldInt8(0, builtinCodes[type] ?? builtinCodes.SOFTMAX!, 0)
    builder.addFieldInt32(2, version, 1)
  })
}

function writeOperator(builder: Builder, operator: TfliteOperator, code: number): Offset {
  const inputs = int32s(builder, operator.inputs)
  const outputs = int32s(builder, operator.outputs)
  const options = writeOptions(builder, operator)
  return table(builder, 5, () => {
    builder.addFieldInt32(0, code, 0)
    builder.addFieldOffset(1, inputs, 0)
    builder.addFieldOffset(2, outputs, 0)
    if (options !== undefined) builder.addFieldOffset(4, options, 0)
  })
}

function writeOptions(builder: Builder, operator: TfliteOperator): Offset | undefined {
  if (operator.type === 'RESHAPE' || operator.type === 'OTHER') return undefined
  if (operator.type === 'CONCATENATION') {
    return table(builder, 2, () => {
      builder.addFieldInt32(0, operator.options.axis, 0)
      builder.addFieldInt8(1, activations.indexOf(operator.options.activation), 0)
    })
  }
  const { options } = operator
  return table(builder, 6, () => {
    builder.addFieldInt8(0, options.padding === 'SAME' ? 0 : 1, 0)
    builder.addFieldInt32(1, options.strides[1], 0)
    builder.addFieldInt32(2, options.strides[0], 0)
    if ('kernel' in options) {
      builder.addFieldInt32(3, options.kernel[1], 0)
      builder.addFieldInt32(4, options.kernel[0], 0)
      builder.addFieldInt8(5, activations.indexOf(options.activation), 0)
    } else {
      builder.addFieldInt8(3, activations.indexOf(options.activation), 0)
      builder.addFieldInt32(4, options.dilations[1], 1)
      builder.addFieldInt32(5, options.dilations[0], 1)
    }
  })
}

function table(builder: Builder, fields: number, fill: () => void): Offset {
  builder.startObject(fields)
  fill()
  return builder.endObject()
}

function offsets(builder: Builder, values: readonly Offset[]): Offset {
  return vector(builder, 4, values, (value) => builder.addOffset(value))
}

function int32s(builder: Builder, values: readonly number[]): Offset {
  return vector(builder, 4, values, (value) => builder.addInt32(value))
}

/** A FlatBuffer is built from back to front, so vectors are written from their last element. */
function vector(builder: Builder, size: number, values: readonly number[], add: (value: number) => void): Offset {
  builder.startVector(size, values.length, size)
  for (const value of [...values].reverse()) add(value)
  return builder.endVector()
}
