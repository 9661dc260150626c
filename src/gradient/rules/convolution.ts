import { intAttribute } from '../../onnx/graph.js'
import type { GradientRule, GradientStep } from '../rule.js'
import { laidBack, padded, windowOf, type Window } from './window.js'

export const convolutionRules: Readonly<Record<string, GradientRule>> = { Conv: convolution }

/**
 * A convolution over two dimensions of space: images X [N, C, H, W], weights W [M, C / group, kh, kw] and a bias [M].
 * By the images it is the transposed convolution with the same weights; by the weights the products of ∂Y with what
 * each place of the kernel saw (Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016).
 */
function convolution(step: GradientStep): (string | undefined)[] {
  const [, , ...kernel] = step.shape(1)
  const window = windowOf(step, kernel)
  const group = intAttribute(step.node, 'group', 1)
  const isPlain =
    group === 1 && [...kernel, ...window.strides].every((size) => size === 1) && window.pads.every((pad) => pad === 0)
  const byImages = () =>
    isPlain ? byPixels(step) : laidBack(step, step.upstream(), step.node.input[1]!, window, group)
  return [
    step.wants(0) ? byImages() : undefined,
    step.wants(1) ? byWeights(step, window, group) : undefined,
    step.wants(2) ? step.to.sum(step.upstream(), [0, 2, 3], false) : undefined,
  ]
}

/** Of a 1×1 convolution: ∂X = Wᵀ·∂Y at every pixel. */
function byPixels(step: GradientStep): string {
  const { to, node } = step
  const [batch, channels, height, width] = step.shape(0) as [number, number, number, number]
  const outputs = step.outputShape()[1]!
  const weights = to.transpose(to.reshape(node.input[1]!, [outputs, channels]), [1, 0])
  const product = to.add('MatMul', [weights, to.reshape(step.upstream(), [batch, outputs, height * width])])
  return to.reshape(product, [batch, channels, height, width])
}

/**
 * For each place of the kernel the product of ∂Y [group, M / group, N·L] and the pixels that it saw, [group, C / group,
 * N·L]ᵀ, over the L places of all N images. One product a place makes thicker matrices, and takes less memory, than
 * gathering the pixels of all places first.
 */
function byWeights(step: GradientStep, { kernel, strides, dilations, pads }: Window, group: number): string {
  const { to, node } = step
  const [batch, channels] = step.shape(0) as [number, number]
  const [, outputs, height, width] = step.outputShape() as [number, number, number, number]
  const places = batch * height * width
  const up = to.reshape(to.transpose(step.upstream(), [1, 0, 2, 3]), [group, outputs / group, places])
  const images = to.transpose(padded(step, node.input[0]!, pads), [1, 0, 2, 3])
  const isWhole = [...kernel, ...strides].every((size) => size === 1)
  const products: string[] = []
  for (let y = 0; y < kernel[0]; y++) {
    for (let x = 0; x < kernel[1]; x++) {
      const start = [y * dilations[0], x * dilations[1]] as const
      const end = [start[0] + (height - 1) * strides[0] + 1, start[1] + (width - 1) * strides[1] + 1]
      const seen = isWhole
        ? images
        : to.add('Slice', [images, to.ints(start), to.ints(end), to.ints([2, 3]), to.ints(strides)])
      const pixels = to.transpose(to.reshape(seen, [group, channels / group, places]), [0, 2, 1])
      products.push(to.reshape(to.add('MatMul', [up, pixels]), [outputs, channels / group, 1]))
    }
  }
  const side = products.length === 1 ? products[0]! : to.add('Concat', products, { axis: 2 })
  return to.reshape(side, step.shape(1))
}
