import { badModel } from './bad-model.js'
import type { TfliteTensor } from './model.js'

/** The stored integers and the shape of a constant, with axes in ONNX's order. */
export interface Constant<Data> {
  readonly dims: readonly number[]
  readonly data: Data
}

/** Convolution weights, from TFLite's OHWI order to ONNX's OIHW. */
export function convWeights(tensor: TfliteTensor): Constant<Uint8Array> {
  const [outputs = 0, height = 0, width = 0, inputs = 0] = tensor.shape
  expectBytes(tensor, 4, outputs * height * width * inputs)
  const area = height * width
  const data = new Uint8Array(tensor.data.length)
  let from = 0
  for (let output = 0; output < outputs; output++) {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let input = 0; input < inputs; input++) data[(output * inputs + input) * area + pixel] = tensor.data[from++]!
    }
  }
  return { dims: [outputs, inputs, height, width], data }
}

/** A bias: one 32-bit integer per output channel. */
export function convBias(tensor: TfliteTensor): Constant<Int32Array> {
  const [channels = 0] = tensor.shape
  expectBytes(tensor, 1, channels * 4)
  const bytes = Uint8Array.from(tensor.data) // a copy, also of a Buffer: the file's bytes may be unaligned
  return { dims: [channels], data: new Int32Array(bytes.buffer, bytes.byteOffset, channels) }
}

function expectBytes(tensor: TfliteTensor, rank: number, bytes: number): void {
  if (tensor.shape.length === rank && bytes > 0 && tensor.data.length === bytes) return
  throw badModel(
    `TFLite tensor ${tensor.name} is damaged: its data does not fit its shape [${tensor.shape.join(', ')}].`,
  )
}
