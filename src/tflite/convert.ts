import { graphModel, node, valueInfo } from '../onnx/build.js'
import type { LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { badModel } from './bad-model.js'
import { float32Writer, qdqWriter, quantizedName, writeQuantization, type Form } from './forms.js'
import type { TfliteModel, TfliteTensor } from './model.js'
import type { OnnxParts } from './onnx-parts.js'
import { writeOperator, type Conversion } from './operators.js'
import { uint8Quantization } from './quantization.js'

const opset = 17

/**
 * Converts a uint8-quantised TFLite classifier to ONNX.
 *
 * Input `image`: uint8 [batch, height, width, channels]; output `logits`: float32 [batch, classes], as the last
 * convolution computes them (TFLite would round them to uint8, which makes ties). In between, images are NCHW, and the
 * float value of each TFLite tensor has the name of that tensor.
 *
 * @throws NpluskError `BAD_MODEL` for an operator, version or tensor type that cannot be converted, naming it
 */
export function tfliteToOnnx(model: TfliteModel, { form }: { readonly form: Form }): LoadedModel {
  const input = onlyTensor(model, model.inputs, 'input')
  const output = onlyTensor(model, model.outputs, 'output')
  checkNames(model)
  const parts: OnnxParts = { nodes: [], initializers: [] }
  const conversion: Conversion = {
    ...parts,
    tensors: model.tensors.map((tensor) => (tensor === output ? { ...tensor, name: 'logits' } : tensor)),
    writer: form === 'qdq' ? qdqWriter(parts) : float32Writer(parts),
    headWriter: float32Writer(parts),
    written: new Set(model.inputs),
    logits: logitTensors(model),
  }
  writeInput(parts, input)
  for (const operator of model.operators) writeOperator(conversion, operator)
  if (!conversion.written.has(model.outputs[0]!)) throw badModel(`No TFLite operator makes the output ${output.name}.`)

  const [, height = 0, width = 0, channels = 0] = input.shape
  return graphModel({
    name: 'classifier',
    inputs: [valueInfo('image', DataType.UINT8, ['batch', height, width, channels])],
    outputs: [valueInfo('logits', DataType.FLOAT, ['batch', output.shape.at(-1) ?? 0])],
    ...parts,
    opset,
  })
}

/** Transposes the image to NCHW while it is still one byte per value, then dequantises it. */
function writeInput(parts: OnnxParts, input: TfliteTensor): void {
  const quantization = writeQuantization(parts, input.name, uint8Quantization(input))
  parts.nodes.push(node('Transpose', ['image'], quantizedName(input), { perm: [0, 3, 1, 2] }))
  parts.nodes.push(node('DequantizeLinear', [quantizedName(input), ...quantization], input.name))
}

/** Indices of the output and of the tensors that it is reshaped from. */
function logitTensors(model: TfliteModel): Set<number> {
  const logits = new Set(model.outputs)
  for (const { type, inputs, outputs } of [...model.operators].reverse()) {
    if (type === 'RESHAPE' && logits.has(outputs[0]!)) logits.add(inputs[0]!)
  }
  return logits
}

function onlyTensor(model: TfliteModel, indices: readonly number[], role: 'input' | 'output'): TfliteTensor {
  const tensor = model.tensors[indices[0] ?? -1]
  const rank = role === 'input' ? 4 : 2
  if (indices.length === 1 && tensor?.shape.length === rank && tensor.shape.every((dim) => dim > 0)) return tensor
  const expected = role === 'input' ? 'one image [1, height, width, channels]' : 'one row of logits [1, classes]'
  throw badModel(`The TFLite model's ${role} is not ${expected}; such a model cannot be converted.`)
}

function checkNames(model: TfliteModel): void {
  const names = new Set(['image', 'logits', ''])
  for (const { name } of model.tensors) {
    if (names.has(name))
      throw badModel(
        `The TFLite tensor name "${name}" is missing, reserved or used twice; the model cannot be converted.`,
      )
    names.add(name)
  }
}
