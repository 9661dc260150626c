import { intAttribute, intsAttribute } from '../../onnx/graph.js'
import type { GradientRule, GradientStep } from '../rule.js'
import { laidBack, padded, windowOf, type Window } from './window.js'

export const poolingRules: Readonly<Record<string, GradientRule>> = {
  MaxPool: maximum,
  AveragePool: average,
  GlobalAveragePool: (step) => {
    if (!step.wants(0)) return []
    const { to } = step
    const places = step
      .shape(0)
      .slice(2)
      .reduce((product, size) => product * size, 1)
    const share = to.add('Mul', [step.upstream(), to.scalar(1 / places)])
    return [to.add('Expand', [share, to.ints(step.shape(0))])]
  },
}

/** The gradient goes to the pixel that was the largest; those that several windows chose get all their gradients. */
function maximum(step: GradientStep): (string | undefined)[] {
  if (!step.wants(0)) return []
  const { to } = step
  if (intAttribute(step.node, 'storage_order', 0) !== 0) throw step.refuse('it counts pixels by columns')
  const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1)
  // Indices are those of the flat tensor, batch and channels included.
  const places = to.reshape(step.alsoGive(1), [count(step.outputShape())])
  const gradients = to.reshape(step.upstream(), [count(step.outputShape())])
  const nothing = to.filled([count(step.shape(0))], 0)
  const scattered = to.add('ScatterElements', [nothing, places, gradients], { axis: 0, reduction: 'add' })
  return [to.reshape(scattered, step.shape(0))]
}

/** Each pixel gets the sum of the gradients of the windows that it was in, each divided by the pixels it averaged. */
function average(step: GradientStep): (string | undefined)[] {
  if (!step.wants(0)) return []
  const window = windowOf(step, intsAttribute(step.node, 'kernel_shape')!)
  if (window.dilations.some((dilation) => dilation !== 1)) throw step.refuse('its window has gaps')
  if (window.rest.some((rest) => rest < 0)) throw step.refuse('its last windows reach beyond the padding')
  const { to } = step
  const shares = to.add('Mul', [step.upstream(), pixelShares(step, window)])
  return [isEverywhere(window) ? slidBack(step, shares, window) : spread(step, shares, window)]
}

/** 1 / (pixels in each window), [1, 1, height, width]: those in the padding do not count, unless asked for. */
function pixelShares(step: GradientStep, { kernel, strides, pads }: Window): string {
  const [, , height, width] = step.shape(0) as [number, number, number, number]
  const [, , rows, columns] = step.outputShape() as [number, number, number, number]
  const all = intAttribute(step.node, 'count_include_pad', 0) === 1
  const within = (at: number, axis: 0 | 1, size: number) => {
    if (all) return kernel[axis]
    const start = at * strides[axis] - pads[axis]
    return Math.min(start + kernel[axis], size) - Math.max(start, 0)
  }
  const values = Array.from({ length: rows * columns }, (_, i) => {
    const [y, x] = [Math.floor(i / columns), i % columns]
    return 1 / (within(y, 0, height) * within(x, 1, width))
  })
  return step.to.floats([1, 1, rows, columns], values)
}

/** Whether a window of the same size can slide back over the gradients, as windows begin at every pixel. */
function isEverywhere({ kernel, strides, pads }: Window): boolean {
  return strides.every((stride) => stride === 1) && pads.every((pad, i) => pad < kernel[i % 2]!)
}

/** Sums what lies in a window around each pixel: an average times the window's size. */
function slidBack(step: GradientStep, shares: string, { kernel, pads }: Window): string {
  const { to } = step
  const back = pads.map((pad, i) => kernel[i % 2]! - 1 - pad)
  const averages = to.add('AveragePool', [padded(step, shares, back)], { kernel_shape: kernel })
  return to.add('Mul', [averages, to.scalar(kernel[0] * kernel[1])])
}

/** Windows that leap: each gradient is laid over its window, channel by channel. */
function spread(step: GradientStep, shares: string, window: Window): string {
  const { to } = step
  const [batch, channels] = step.shape(0) as [number, number]
  // All channels have the same kernel, so that each may be an image of its own.
  const flat = to.reshape(shares, [batch * channels, 1, ...step.outputShape().slice(2)])
  const ones = to.filled([1, 1, ...window.kernel], 1)
  return to.reshape(laidBack(step, flat, ones, window), step.shape(0))
}
