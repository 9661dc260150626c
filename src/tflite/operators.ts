import { node } from '../onnx/build.js'
import { badModel } from './bad-model.js'
import type { FormWriter } from './forms.js'
import { explicitPads } from './geometry.js'
import type { TfliteOperator, TfliteTensor } from './model.js'
import type { OnnxParts } from './onnx-parts.js'
import { rangeOf, uint8Quantization } from './quantization.js'

/** The state of a conversion: what has been written so far, and how to write the rest. */
export interface Conversion extends OnnxParts {
  readonly tensors: readonly TfliteTensor[]
  readonly writer: FormWriter
  /**
   * Writes the constants of the operator that makes the logits, as plain floats in either form, so that the search for
   * the head finds them.
   */
  readonly headWriter: FormWriter
  /** Tensors that already have a value. */
  readonly written: Set<number>
  /** Tensors that hold the logits, which are neither rounded nor clamped. */
  readonly logits: ReadonlySet<number>
}

type Operator<Type extends TfliteOperator['type']> = Extract<TfliteOperator, { type: Type }>
type Pool = Operator<'AVERAGE_POOL_2D' | 'MAX_POOL_2D'>

/**
 * Adds the ONNX nodes for one TFLite operator.
 *
 * @throws NpluskError `BAD_MODEL` where the operator cannot be converted
 */
export function writeOperator(conversion: Conversion, operator: TfliteOperator): void {
  checkSupported(operator)
  switch (operator.type) {
    case 'CONV_2D':
      return writeConv(conversion, operator)
    case 'AVERAGE_POOL_2D':
      return writeAverage(conversion, operator)
    case 'MAX_POOL_2D':
      return writePool(conversion, operator, 'MaxPool', {})
    case 'CONCATENATION':
      return writeConcatenation(conversion, operator)
    case 'RESHAPE':
      return writeFlatten(conversion, operator)
  }
}

/** Only version 1 of each operator can be converted. */
function checkSupported(operator: TfliteOperator): asserts operator is Exclude<TfliteOperator, { type: 'OTHER' }> {
  if (operator.type === 'OTHER') throw badModel(`The TFLite operator ${operator.name} cannot be converted to ONNX.`)
  if (operator.version !== 1) {
    throw badModel(
      `Version ${operator.version} of the TFLite operator ${operator.type} cannot be converted to ONNX; only version 1 can.`,
    )
  }
  if (operator.type !== 'RESHAPE' && operator.options.activation !== 'NONE') {
    throw badModel(
      `The TFLite operator ${operator.type} with a fused ${operator.options.activation} cannot be converted to ONNX.`,
    )
  }
}

function writeConv(conversion: Conversion, operator: Operator<'CONV_2D'>): void {
  const { options } = operator
  const input = computed(conversion, operator, 0)
  const weights = constant(conversion, operator, 1)
  const bias = constant(conversion, operator, 2)
  const writer = conversion.logits.has(operator.outputs[0]!) ? conversion.headWriter : conversion.writer
  writer.weights(weights)
  writer.bias(bias)
  const [, height = 0, width = 0] = weights.shape
  const window = { ...options, kernel: [height, width] } as const
  finish(conversion, operator, 'Conv', [input, weights, bias], {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    pads: explicitPads(window, input, result(conversion, operator)),
  })
}

function writeAverage(conversion: Conversion, operator: Pool): void {
  const { average } = conversion.writer
  const [input, output] = [computed(conversion, operator, 0), result(conversion, operator)]
  const index = operator.outputs[0]!
  if (average === undefined || conversion.logits.has(index) || !canSplit(operator, input, output)) {
    // TFLite divides only by the number of pixels inside the image.
    return writePool(conversion, operator, 'AveragePool', { count_include_pad: 0 })
  }
  average(input, output)
  conversion.written.add(index)
}

/** Whether a pool is one that `FormWriter.average` can write. */
function canSplit({ options: { kernel, strides, padding } }: Pool, input: TfliteTensor, output: TfliteTensor): boolean {
  const [, height = 0, width = 0] = input.shape
  const [before, after] = [uint8Quantization(input), uint8Quantization(output)]
  return (
    padding === 'SAME' &&
    [...kernel, ...strides].join() === '3,3,1,1' &&
    Math.min(height, width) > 3 &&
    input.shape.join() === output.shape.join() &&
    before.scale === after.scale &&
    before.zeroPoint === after.zeroPoint
  )
}

function writePool(conversion: Conversion, operator: Pool, type: string, attributes: Record<string, number>): void {
  const { kernel, strides } = operator.options
  const input = computed(conversion, operator, 0)
  const pads = explicitPads({ ...operator.options, dilations: [1, 1] }, input, result(conversion, operator))
  finish(conversion, operator, type, [input], { ...attributes, kernel_shape: kernel, strides, pads })
}

function writeConcatenation(conversion: Conversion, operator: Operator<'CONCATENATION'>): void {
  const inputs = operator.inputs.map((_, i) => computed(conversion, operator, i))
  const { axis } = operator.options
  if (inputs.length === 0 || inputs.some(({ shape }) => shape.length !== 4) || (axis !== 3 && axis !== -1)) {
    throw badModel(
      `The TFLite concatenation ${result(conversion, operator).name} does not join channels; only that can be converted.`,
    )
  }
  finish(conversion, operator, 'Concat', inputs, { axis: 1 })
}

/** On a single pixel, dropping the axes of size 1 gives the same result in NHWC and NCHW. */
function writeFlatten(conversion: Conversion, operator: Operator<'RESHAPE'>): void {
  const input = computed(conversion, operator, 0)
  const output = result(conversion, operator)
  const [, height, width, channels] = input.shape
  if (height !== 1 || width !== 1 || output.shape.length !== 2 || output.shape[1] !== channels) {
    throw badModel(`The TFLite reshape ${output.name} does more than drop axes of size 1; it cannot be converted.`)
  }
  finish(conversion, operator, 'Flatten', [input], { axis: 1 })
}

/** Input `i`, which an earlier operator must have computed. */
function computed(conversion: Conversion, operator: TfliteOperator, i: number): TfliteTensor {
  const index = operator.inputs[i] ?? -1
  if (conversion.written.has(index)) return conversion.tensors[index]!
  throw badModel(
    `The TFLite operator that makes ${result(conversion, operator).name} reads a tensor that no operator before it makes.`,
  )
}

/** Input `i`, which must be a constant in the file. */
function constant(conversion: Conversion, operator: TfliteOperator, i: number): TfliteTensor {
  const tensor = conversion.tensors[operator.inputs[i] ?? -1]
  if (tensor !== undefined && tensor.data.length > 0) return tensor
  throw badModel(
    `The TFLite operator that makes ${result(conversion, operator).name} has no constant as its input ${i}.`,
  )
}

function result(conversion: Conversion, operator: TfliteOperator): TfliteTensor {
  const index = operator.outputs[0]
  if (index === undefined || operator.outputs.length > 1 || conversion.written.has(index)) {
    throw badModel(`A TFLite operator ${operator.type} does not make one new tensor; the file is damaged.`)
  }
  return conversion.tensors[index]!
}

/** Adds the operator's node, then brings its result into the range of the output tensor; logits stay as computed. */
function finish(
  conversion: Conversion,
  operator: TfliteOperator,
  type: string,
  inputs: readonly TfliteTensor[],
  attributes: Parameters<typeof node>[3],
): void {
  const index = operator.outputs[0]!
  const output = result(conversion, operator)
  const { raw, nodes } = conversion.logits.has(index)
    ? { raw: output.name, nodes: [] }
    : conversion.writer.activation(output, operator.type !== 'CONV_2D' && staysInRange(inputs, output))
  const names = inputs.map(({ name }) => name)
  conversion.nodes.push(node(type, names, raw, attributes), ...nodes)
  conversion.written.add(index)
}

/** Pooling and concatenation give no value outside the range of their inputs. */
function staysInRange(inputs: readonly TfliteTensor[], output: TfliteTensor): boolean {
  const [min, max] = rangeOf(output)
  return inputs.map(rangeOf).every(([least, greatest]) => least >= min && greatest <= max)
}
