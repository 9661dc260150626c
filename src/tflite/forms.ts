import { node } from '../onnx/build.js'
import type { NodeProto } from '../onnx/model.js'
import { DataType, floatTensor, tensor } from '../onnx/tensor.js'
import { convBias, convWeights } from './constants.js'
import type { TfliteTensor } from './model.js'
import type { OnnxParts } from './onnx-parts.js'
import { writeSplitAverage, type QuantisedImage } from './split-average.js'
import { biasScale, rangeOf, uint8Quantization, type Uint8Quantization } from './quantization.js'

/**
 * `qdq`: integers, with QuantizeLinear and DequantizeLinear around each operator; `float32`: floats, clamped to the
 * same ranges.
 */
export type Form = 'qdq' | 'float32'

export interface Activation {
  /** Name for the operator's own result. */
  readonly raw: string
  /** Nodes that turn that result into the tensor. */
  readonly nodes: readonly NodeProto[]
}

/** How a TFLite tensor becomes an ONNX value of the same name; operators read and write only such float values. */
export interface FormWriter {
  /**
   * Brings an operator's result into the range (and, where quantised, onto the steps) of its output tensor.
   *
   * @param inRange whether the operator cannot leave the tensor's range anyway
   */
  activation(tensor: TfliteTensor, inRange: boolean): Activation
  /**
   * Writes a 3 x 3 average pool with stride 1 over at least 4 x 4 pixels, whose input and output share scale and zero
   * point. Without this method, an ordinary pool does it.
   */
  readonly average?: (input: TfliteTensor, output: TfliteTensor) => void
  weights(tensor: TfliteTensor): void
  bias(tensor: TfliteTensor): void
}

/**
 * Writes the `qdq` form. Weights are shifted from uint8 to int8, value and zero point alike, which changes no number:
 * ONNX Runtime has faster kernels for uint8 activations with int8 weights than with uint8 weights.
 */
export function qdqWriter(parts: OnnxParts): FormWriter {
  return {
    activation(target) {
      const quantization = writeQuantization(parts, target.name, uint8Quantization(target))
      const [raw, quantized] = [`${target.name}/unclamped`, quantizedName(target)]
      const nodes = [
        node('QuantizeLinear', [raw, ...quantization], quantized),
        node('DequantizeLinear', [quantized, ...quantization], target.name),
      ]
      return { raw, nodes }
    },
    average(input, output) {
      writeQuantization(parts, output.name, uint8Quantization(output))
      writeSplitAverage(parts, quantisedImage(input), quantisedImage(output))
    },
    weights(source) {
      const { dims, data } = convWeights(source)
      const { scale, zeroPoint } = uint8Quantization(source)
      const shifted = new Int8Array(data.length)
      for (let i = 0; i < data.length; i++) shifted[i] = data[i]! - 128
      const names = quantizationNames(source.name)
      parts.initializers.push(
        tensor(quantizedName(source), DataType.INT8, dims, shifted),
        floatTensor(names[0], [], [scale]),
        tensor(names[1], DataType.INT8, [], Int8Array.of(zeroPoint - 128)),
      )
      parts.nodes.push(node('DequantizeLinear', [quantizedName(source), ...names], source.name))
    },
    bias(source) {
      const { dims, data } = convBias(source)
      const names = [quantizedName(source), `${source.name}/scale`]
      parts.initializers.push(
        tensor(names[0]!, DataType.INT32, dims, data),
        floatTensor(names[1]!, [], [biasScale(source)]),
      )
      parts.nodes.push(node('DequantizeLinear', names, source.name))
    },
  }
}

/**
 * Writes the `float32` form. TFLite's quantised convolutions declare no ReLU: the range of their output does the
 * clamping. So each output is clamped here to what its uint8 can express; without that, the numbers would be wrong.
 */
export function float32Writer(parts: OnnxParts): FormWriter {
  return {
    activation(target, inRange) {
      if (inRange) return { raw: target.name, nodes: [] }
      const limits = [`${target.name}/min`, `${target.name}/max`] as const
      const [min, max] = rangeOf(target)
      parts.initializers.push(floatTensor(limits[0], [], [min]), floatTensor(limits[1], [], [max]))
      const raw = `${target.name}/unclamped`
      return { raw, nodes: [node('Clip', [raw, ...limits], target.name)] }
    },
    weights(source) {
      const { dims, data } = convWeights(source)
      const { scale, zeroPoint } = uint8Quantization(source)
      const values = new Float32Array(data.length)
      for (let i = 0; i < data.length; i++) values[i] = (data[i]! - zeroPoint) * scale
      parts.initializers.push(floatTensor(source.name, dims, values))
    },
    bias(source) {
      const { dims, data } = convBias(source)
      const scale = biasScale(source)
      parts.initializers.push(
        floatTensor(
          source.name,
          dims,
          Float32Array.from(data, (value) => value * scale),
        ),
      )
    },
  }
}

/** The name of the integers behind a tensor in the `qdq` form. */
export function quantizedName(source: TfliteTensor): string {
  return `${source.name}/quantized`
}

function quantisedImage(source: TfliteTensor): QuantisedImage {
  const [scale, zeroPoint] = quantizationNames(source.name)
  return { floats: source.name, integers: quantizedName(source), scale, zeroPoint, channels: source.shape[3] ?? 0 }
}

function quantizationNames(name: string): [string, string] {
  return [`${name}/scale`, `${name}/zero_point`]
}

/** Writes a uint8 scale and zero point, and returns their names. */
export function writeQuantization(
  parts: OnnxParts,
  name: string,
  { scale, zeroPoint }: Uint8Quantization,
): [string, string] {
  const names = quantizationNames(name)
  parts.initializers.push(
    floatTensor(names[0], [], [scale]),
    tensor(names[1], DataType.UINT8, [], Uint8Array.of(zeroPoint)),
  )
  return names
}
