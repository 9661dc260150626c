/**
 * Constants of TensorFlow Lite's schema, version 3 (tensorflow/lite/schema/schema.fbs, Apache-2.0): the numbers of the
 * fields that this reader follows, by table, and the names of the enumerators that are read or that an error message
 * may have to name.
 */

export const fields = {
  model: { version: 0, operatorCodes: 1, subgraphs: 2, buffers: 4 },
  operatorCode: { oldBuiltin: 0, custom: 1, version: 2, builtin: 3 },
  subgraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3 },
  tensor: { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4 },
  quantization: { scale: 2, zeroPoint: 3 },
  operator: { opcode: 0, inputs: 1, outputs: 2, options: 4 },
  buffer: { data: 0 },
  conv: { padding: 0, strideW: 1, strideH: 2, activation: 3, dilationW: 4, dilationH: 5 },
  pool: { padding: 0, strideW: 1, strideH: 2, filterW: 3, filterH: 4, activation: 5 },
  concatenation: { axis: 0, activation: 1 },
} as const

const tensorTypes = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
  'BFLOAT16',
]

const activations = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT']

/** Operators met in image classifiers; error messages name all others by number. */
const operators: Readonly<Record<number, string>> = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  9: 'FULLY_CONNECTED',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
  22: 'RESHAPE',
  25: 'SOFTMAX',
  34: 'PAD',
  40: 'MEAN',
  41: 'SUB',
  43: 'SQUEEZE',
  114: 'QUANTIZE',
  117: 'HARD_SWISH',
}

export function tensorTypeName(code: number): string {
  return tensorTypes[code] ?? `type ${code}`
}

export function activationName(code: number): string {
  return activations[code] ?? `activation ${code}`
}

export function operatorName(code: number): string {
  return operators[code] ?? `number ${code}`
}
