import type { Padding, TfliteModel, TfliteTensor } from '../../src/tflite/model.js'

/** An image in the order of TFLite: height, width, channels. */
interface Image {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Float64Array
}

/**
 * TFLite's arithmetic on real numbers, as documented: each tensor clamped to what its uint8 can express, but not
 * rounded.
 *
 * @returns the logits of one image
 */
export function referenceLogits(model: TfliteModel, pixels: Uint8Array): number[] {
  const values = new Map<number, Image>()
  const [input = 0] = model.inputs
  values.set(input, { ...imageOf(model.tensors[input]!), data: dequantize(model.tensors[input]!, pixels) })
  for (const operator of model.operators) {
    const [output = 0] = operator.outputs
    const images = operator.inputs.map((index) => values.get(index)!)
    const target = imageOf(model.tensors[output]!)
    if (operator.type === 'CONV_2D') {
      const [weights, bias] = [model.tensors[operator.inputs[1]!]!, model.tensors[operator.inputs[2]!]!]
      slide(
        images[0]!,
        target,
        weights.shape.slice(1, 3),
        operator.options,
        convolution(weights, bias, images[0]!.channels),
      )
    } else if (operator.type === 'MAX_POOL_2D') {
      slide(images[0]!, target, operator.options.kernel, operator.options, (seen, c) =>
        Math.max(...seen.map(({ at }) => at(c))),
      )
    } else if (operator.type === 'AVERAGE_POOL_2D') {
      slide(
        images[0]!,
        target,
        operator.options.kernel,
        operator.options,
        (seen, c) => seen.reduce((sum, { at }) => sum + at(c), 0) / seen.length,
      )
    } else if (operator.type === 'CONCATENATION') {
      target.data.forEach(
        (_, i) => (target.data[i] = channelOf(images, Math.floor(i / target.channels), i % target.channels)),
      )
    } else {
      return [...images[0]!.data]
    }
    const isHead = model.operators.some(({ type, inputs }) => type === 'RESHAPE' && inputs[0] === output)
    if (!isHead) clamp(model.tensors[output]!, target.data)
    values.set(output, target)
  }
  throw new Error('the model has no reshape')
}

interface Seen {
  /** Position within the window, row by row. */
  readonly position: number
  at(channel: number): number
}

/** For each output pixel and channel, calls `reduce` with the pixels of the window that lie inside the image. */
function slide(
  from: Image,
  to: Image,
  [kernelHeight = 1, kernelWidth = 1]: readonly number[],
  { strides, padding }: { strides: readonly [number, number]; padding: Padding },
  reduce: (seen: Seen[], channel: number) => number,
): void {
  const before = (size: number, count: number, kernel: number, stride: number) =>
    padding === 'VALID' ? 0 : Math.floor(Math.max(0, (count - 1) * stride + kernel - size) / 2)
  const top = before(from.height, to.height, kernelHeight, strides[0])
  const left = before(from.width, to.width, kernelWidth, strides[1])
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      const seen: Seen[] = []
      for (let position = 0; position < kernelHeight * kernelWidth; position++) {
        const row = y * strides[0] - top + Math.floor(position / kernelWidth)
        const column = x * strides[1] - left + (position % kernelWidth)
        if (row < 0 || row >= from.height || column < 0 || column >= from.width) continue
        seen.push({ position, at: (channel) => from.data[(row * from.width + column) * from.channels + channel]! })
      }
      for (let channel = 0; channel < to.channels; channel++)
        to.data[(y * to.width + x) * to.channels + channel] = reduce(seen, channel)
    }
  }
}

function convolution(
  weights: TfliteTensor,
  bias: TfliteTensor,
  inputs: number,
): (seen: Seen[], channel: number) => number {
  const w = dequantize(weights, weights.data)
  const b = new Int32Array(bias.data.slice().buffer)
  const area = weights.shape[1]! * weights.shape[2]!
  return (seen, output) => {
    let sum = b[output]! * bias.quantization.scale[0]!
    for (const { position, at } of seen) {
      for (let input = 0; input < inputs; input++) sum += at(input) * w[(output * area + position) * inputs + input]!
    }
    return sum
  }
}

function channelOf(images: readonly Image[], pixel: number, channel: number): number {
  const [first, ...rest] = images
  if (channel < first!.channels) return first!.data[pixel * first!.channels + channel]!
  return channelOf(rest, pixel, channel - first!.channels)
}

function imageOf({ shape: [, height = 1, width = 1, channels = 1] }: TfliteTensor): Image {
  return { height, width, channels, data: new Float64Array(height * width * channels) }
}

function dequantize({ quantization }: TfliteTensor, stored: Uint8Array): Float64Array {
  return Float64Array.from(stored, (value) => (value - quantization.zeroPoint[0]!) * quantization.scale[0]!)
}

function clamp({ quantization }: TfliteTensor, values: Float64Array): void {
  const [scale, zeroPoint] = [quantization.scale[0]!, quantization.zeroPoint[0]!]
  values.forEach((value, i) => (values[i] = Math.min(Math.max(value, -zeroPoint * scale), (255 - zeroPoint) * scale)))
}
