import { NpluskError } from '../core/errors.js'
import { DamagedFlatBuffer, FlatTable } from './flat-table.js'
import type { ConvOptions, Padding, PoolOptions, TfliteModel, TfliteOperator, TfliteTensor } from './model.js'
import { activationName, fields, operatorName, tensorTypeName } from './schema.js'

const schemaVersion = 3
const identifier = 'TFL3'

/**
 * Reads a TFLite file. Tensor contents remain views on `bytes`.
 *
 * Operators whose options this reader does not know come out as type `OTHER` with their name.
 *
 * @param name how error messages call the file
 * @throws NpluskError `BAD_MODEL` when the bytes are not a TFLite model, have another schema version, or are damaged
 */
export function readTflite(bytes: Uint8Array, name = 'the model'): TfliteModel {
  if (String.fromCharCode(...bytes.subarray(4, 8)) !== identifier) {
    throw new NpluskError('BAD_MODEL', `${name} is not a TFLite file: it does not carry the mark ${identifier}.`)
  }
  try {
    return readModel(FlatTable.root(bytes), name)
  } catch (cause) {
    if (!(cause instanceof DamagedFlatBuffer)) throw cause
    throw new NpluskError(
      'BAD_MODEL',
      `${name} is not a readable TFLite file: it may be damaged or cut off; fetch it again.`,
      { cause },
    )
  }
}

function readModel(root: FlatTable, name: string): TfliteModel {
  const version = root.uint32(fields.model.version)
  if (version !== schemaVersion) {
    throw new NpluskError(
      'BAD_MODEL',
      `${name} has TFLite schema version ${version}; only version ${schemaVersion} can be read.`,
    )
  }
  const graphs = root.tables(fields.model.subgraphs)
  const [graph] = graphs
  if (graph === undefined || graphs.length > 1) {
    throw new NpluskError(
      'BAD_MODEL',
      `${name} holds ${graphs.length} graphs; only a TFLite file with exactly one can be read.`,
    )
  }
  const buffers = root.tables(fields.model.buffers)
  const codes = root.tables(fields.model.operatorCodes).map(readOperatorCode)
  const tensors = graph.tables(fields.subgraph.tensors).map((table) => readTensor(table, buffers))
  return {
    version,
    tensors,
    operators: graph.tables(fields.subgraph.operators).map((table) => readOperator(table, codes, tensors.length)),
    inputs: checkIndices(graph.int32s(fields.subgraph.inputs), 0, tensors.length),
    outputs: checkIndices(graph.int32s(fields.subgraph.outputs), 0, tensors.length),
  }
}

interface OperatorCode {
  readonly name: string
  readonly version: number
}

function readOperatorCode(table: FlatTable): OperatorCode {
  // The older field has one byte and stops at 127; a file may use either.
  const code = Math.max(table.int8(fields.operatorCode.oldBuiltin), table.int32(fields.operatorCode.builtin))
  const custom = table.string(fields.operatorCode.custom)
  return { name: custom === '' ? operatorName(code) : custom, version: table.int32(fields.operatorCode.version, 1) }
}

function readTensor(table: FlatTable, buffers: readonly FlatTable[]): TfliteTensor {
  const quantization = table.table(fields.tensor.quantization)
  const buffer = buffers[table.uint32(fields.tensor.buffer)]
  if (buffer === undefined) throw new DamagedFlatBuffer('a tensor asks for a buffer that is not there')
  return {
    name: table.string(fields.tensor.name),
    shape: table.int32s(fields.tensor.shape),
    type: tensorTypeName(table.int8(fields.tensor.type)),
    quantization: {
      scale: quantization?.float32s(fields.quantization.scale) ?? [],
      zeroPoint: quantization?.int64s(fields.quantization.zeroPoint) ?? [],
    },
    data: buffer.bytes(fields.buffer.data),
  }
}

function readOperator(table: FlatTable, codes: readonly OperatorCode[], tensorCount: number): TfliteOperator {
  const code = codes[table.uint32(fields.operator.opcode)]
  if (code === undefined) throw new DamagedFlatBuffer('an operator asks for a code that is not there')
  const operator = {
    version: code.version,
    inputs: checkIndices(table.int32s(fields.operator.inputs), -1, tensorCount), // -1: an optional input left out
    outputs: checkIndices(table.int32s(fields.operator.outputs), 0, tensorCount),
  }
  const options = table.table(fields.operator.options)
  switch (code.name) {
    case 'CONV_2D':
      return { ...operator, type: code.name, options: readConv(required(options)) }
    case 'AVERAGE_POOL_2D':
    case 'MAX_POOL_2D':
      return { ...operator, type: code.name, options: readPool(required(options)) }
    case 'CONCATENATION':
      return { ...operator, type: code.name, options: readConcatenation(required(options)) }
    case 'RESHAPE':
      return { ...operator, type: code.name }
    default:
      return { ...operator, type: 'OTHER', name: code.name }
  }
}

function readConv(table: FlatTable): ConvOptions {
  const { conv } = fields
  return {
    padding: readPadding(table.int8(conv.padding)),
    strides: [table.int32(conv.strideH), table.int32(conv.strideW)],
    dilations: [table.int32(conv.dilationH, 1), table.int32(conv.dilationW, 1)],
    activation: activationName(table.int8(conv.activation)),
  }
}

function readPool(table: FlatTable): PoolOptions {
  const { pool } = fields
  return {
    padding: readPadding(table.int8(pool.padding)),
    strides: [table.int32(pool.strideH), table.int32(pool.strideW)],
    kernel: [table.int32(pool.filterH), table.int32(pool.filterW)],
    activation: activationName(table.int8(pool.activation)),
  }
}

function readConcatenation(table: FlatTable): { axis: number; activation: string } {
  const { concatenation } = fields
  return { axis: table.int32(concatenation.axis), activation: activationName(table.int8(concatenation.activation)) }
}

function readPadding(code: number): Padding {
  if (code === 0) return 'SAME'
  if (code === 1) return 'VALID'
  throw new DamagedFlatBuffer('an operator has an unknown padding')
}

function required(options: FlatTable | undefined): FlatTable {
  if (options === undefined) throw new DamagedFlatBuffer('an operator has no options')
  return options
}

function checkIndices(indices: number[], lowest: number, count: number): number[] {
  if (indices.some((index) => index < lowest || index >= count)) {
    throw new DamagedFlatBuffer('an operator asks for a tensor that is not there')
  }
  return indices
}
