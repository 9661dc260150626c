import { findAttribute, intsAttribute } from '../../onnx/graph.js'
import type { Shape } from '../../onnx/infer-shapes.js'
import type { GradientStep } from '../rule.js'

/** How a window slides over an image of two dimensions; of `pads`, the two before come first, as in ONNX. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
  /** What a transposed window has to add at the ends to have the image's size: rows and columns no window reached. */
  readonly rest: readonly [number, number]
}

/** The window of a convolution or pooling node, all attributes in full. */
export function windowOf(step: GradientStep, kernelShape: Shape): Window {
  const { node } = step
  const sizes = step.shape(0).slice(2)
  const results = step.outputShape().slice(2)
  if (sizes.length !== 2) throw step.refuse('it works on other than two dimensions of space')
  const pair = (name: string) => (intsAttribute(node, name) ?? [1, 1]) as [number, number]
  const kernel = [...kernelShape] as [number, number]
  const [strides, dilations] = [pair('strides'), pair('dilations')]
  const extents = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1)
  const autoPad = new TextDecoder().decode(findAttribute(node, 'auto_pad')?.s)
  let pads = intsAttribute(node, 'pads') ?? [0, 0, 0, 0]
  if (autoPad === 'VALID') pads = [0, 0, 0, 0]
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
    const totals = sizes.map((size, axis) => Math.max(0, (results[axis]! - 1) * strides[axis]! + extents[axis]! - size))
    const round = autoPad === 'SAME_UPPER' ? Math.floor : Math.ceil
    const before = totals.map((total) => round(total / 2))
    pads = [...before, ...totals.map((total, axis) => total - before[axis]!)]
  }
  const rest = sizes.map(
    (size, axis) => size + pads[axis]! + pads[axis + 2]! - extents[axis]! - (results[axis]! - 1) * strides[axis]!,
  ) as [number, number]
  return { kernel, strides, dilations, pads: pads as [number, number, number, number], rest }
}

/** A tensor [batch, channels, height, width] with zeros around each image. */
export function padded(step: GradientStep, tensor: string, pads: readonly number[]): string {
  if (pads.every((pad) => pad === 0)) return tensor
  const [top, left, bottom, right] = pads as [number, number, number, number]
  return step.to.add('Pad', [tensor, step.to.ints([0, 0, top, left, 0, 0, bottom, right])])
}

/**
 * Lays each number of a tensor [batch, channels, rows, columns] over the window that it comes from, times a kernel's
 * weights [channels, …]: a tensor of the image's size.
 */
export function laidBack(step: GradientStep, tensor: string, weights: string, window: Window, group = 1): string {
  const { kernel, strides, dilations, pads, rest } = window
  // What no window reached is added behind, where a transposed convolution cannot have as much as a stride.
  const [bottom, right] = rest.map((one, axis) => Math.min(one, strides[axis]! - 1)) as [number, number]
  const laid = step.to.add('ConvTranspose', [tensor, weights], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads,
    output_padding: [bottom, right],
    group,
  })
  return padded(step, laid, [0, 0, rest[0] - bottom, rest[1] - right])
}
