import { findAttribute, intAttribute, intsAttribute } from './graph.js'
import type { RuleContext, Shape } from './shape-rule.js'

/**
 * Convolution of input 0, `[batch, channels, …spatial]`, with the kernel at input `kernelInput`, `[out, channels /
 * group, …]`.
 */
export function convolved({ node, shape }: RuleContext, kernelInput: number): Shape[] | undefined {
  const dims = shape(0)
  const kernel = shape(kernelInput)
  if (!dims || !kernel || dims.length !== kernel.length || dims.length < 3) return undefined
  if (dims[1] !== kernel[1]! * intAttribute(node, 'group', 1)) return undefined
  const sizes = slide(node, dims.slice(2), kernel.slice(2))
  return sizes && [[dims[0]!, kernel[0]!, ...sizes]]
}

export function pooled({ node, shape }: RuleContext): Shape[] | undefined {
  const dims = shape(0)
  const kernel = intsAttribute(node, 'kernel_shape')
  if (!dims || !kernel || dims.length !== kernel.length + 2) return undefined
  const sizes = slide(node, dims.slice(2), kernel)
  return sizes && [[dims[0]!, dims[1]!, ...sizes]]
}

export function globallyPooled({ node, shape }: RuleContext): Shape[] | undefined {
  const dims = shape(0)
  if (!dims) return undefined
  if (intAttribute(node, 'channels_last', 0) === 1)
    return [dims.map((dim, axis) => (axis === 0 || axis === dims.length - 1 ? dim : 1))]
  return [dims.map((dim, axis) => (axis < 2 ? dim : 1))]
}

/**
 * Output sizes of a window of `kernel` that slides over `sizes`, by the node's strides, pads, dilations and rounding.
 */
function slide(node: RuleContext['node'], sizes: Shape, kernel: Shape): number[] | undefined {
  const strides = intsAttribute(node, 'strides') ?? sizes.map(() => 1)
  const dilations = intsAttribute(node, 'dilations') ?? sizes.map(() => 1)
  const pads = intsAttribute(node, 'pads') ?? [...sizes, ...sizes].map(() => 0)
  const autoPad = new TextDecoder().decode(findAttribute(node, 'auto_pad')?.s)
  const round = intAttribute(node, 'ceil_mode', 0) === 1 ? Math.ceil : Math.floor
  const result = sizes.map((size, axis) => {
    const stride = strides[axis] ?? 1
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return Math.ceil(size / stride)
    const before = autoPad === 'VALID' ? 0 : (pads[axis] ?? 0)
    const after = autoPad === 'VALID' ? 0 : (pads[axis + sizes.length] ?? 0)
    const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    const steps = round((size + before + after - extent) / stride)
    // With ceil_mode, no window may begin in the padding after the image.
    return round === Math.ceil && steps * stride >= size + before ? steps : steps + 1
  })
  return result.every((size) => size >= 1) ? result : undefined
}
