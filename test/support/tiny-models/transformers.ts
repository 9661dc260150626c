import { GraphBuilder } from './builder.js'
import type { TinyModel } from './convolutional.js'
import { int64Tensor } from '../../../src/onnx/tensor.js'

const size = 16

/** Patches of 8 pixels as [batch, 16, size]. */
function patches(g: GraphBuilder, batch: number): string {
  const embedded = g.op('Conv', ['x', g.weights([size, 3, 8, 8]), g.bias(size)], {
    kernel_shape: [8, 8],
    strides: [8, 8],
  })
  return g.transpose(g.reshape(embedded, [batch, size, 16]), [0, 2, 1])
}

function encoder(g: GraphBuilder, image: string, tokens: number, batch: number): string {
  let x = image
  for (let layer = 0; layer < 6; layer++) {
    x = g.add(x, g.attention(g.layerNorm(x, size), tokens, size, 2, batch))
    x = g.add(x, g.mlp(g.layerNorm(x, size), size))
  }
  return g.layerNorm(x, size)
}

/**
 * ViT with a class token; `fixed` is an export for one image, whose class token is a plain constant. Opset 17,
 * LayerNormalization.
 */
export function vit({ fixed = false } = {}): TinyModel {
  const g = new GraphBuilder(17)
  const token = g.weights([1, 1, size])
  const embedded = patches(g, fixed ? 1 : -1)
  const expanded = fixed ? token : expandedAsByTorch(g, token)
  const tokens = g.add(g.concat([expanded, embedded]), g.weights([1, 17, size]))
  const first = g.op('Gather', [encoder(g, tokens, 17, fixed ? 1 : -1), g.ints([0], [])], { axis: 1 })
  const batch = fixed ? 1 : 'N'
  return {
    model: g.model([batch, 3, 32, 32], [[g.gemm(first, size, 10), [batch, 10]]]),
    kind: 'Gemm',
    classes: 10,
    size,
    taps: [size, size, size, size],
  }
}

/** PyTorch's `token.expand(n, -1, -1)`: where a size is −1, it is 1. */
function expandedAsByTorch(g: GraphBuilder, token: string): string {
  const count = g.op('Slice', [g.op('Shape', ['x']), g.ints([0]), g.ints([1])])
  const sizes = g.concat([count, g.ints([-1, -1])], 0)
  const ones = g.op('ConstantOfShape', [g.op('Shape', [sizes])], { value: { tensor: int64Tensor('', [1], [1]) } })
  const isOpen = g.op('Equal', [sizes, g.op('Mul', [ones, g.ints([-1], [])])])
  return g.op('Expand', [token, g.op('Where', [isOpen, ones, sizes])])
}

/** DeiT, or a ViT that averages its tokens. LayerNormalization in its parts; MatMul + Add as the head. */
export function deit(pool: 'class' | 'mean', opset = 12): TinyModel {
  const g = new GraphBuilder(opset)
  let x = patches(g, -1)
  if (pool === 'class') {
    const count = g.op('Slice', [g.op('Shape', ['x']), g.ints([0]), g.ints([1])])
    x = g.concat([g.op('Expand', [g.weights([1, 1, size]), g.concat([count, g.ints([1, size])], 0)]), x])
  }
  const tokens = pool === 'class' ? 17 : 16
  const last = encoder(g, g.add(x, g.weights([1, tokens, size])), tokens, -1)
  const pooled =
    pool === 'mean'
      ? g.op('ReduceMean', [last], { axes: [1], keepdims: 0 })
      : g.op('Squeeze', [g.op('Slice', [last, g.ints([0]), g.ints([1]), g.ints([1])])], { axes: [1] })
  return {
    model: g.model(['N', 3, 32, 32], [[g.dense(pooled, size, 10), ['N', 10]]]),
    kind: 'MatMul+Add',
    classes: 10,
    size,
    taps: [size, size, size, size],
  }
}

/** The head on every token, and the class token picked from the scores: the same numbers, another order. */
export function vitHeadBeforeGather(): TinyModel {
  const g = new GraphBuilder(17)
  const last = encoder(g, g.add(patches(g, -1), g.weights([1, 16, size])), 16, -1)
  const scores = g.op('Gather', [g.dense(last, size, 10), g.ints([0], [])], {
    axis: 1,
  })
  return {
    model: g.model(['N', 3, 32, 32], [[scores, ['N', 10]]]),
    kind: 'MatMul+Add',
    classes: 10,
    size,
    taps: [size, size, size, size],
  }
}

/**
 * Swin: attention in windows, every second time shifted; patches merged between stages; images as [batch, height,
 * width, size].
 */
export function swin(): TinyModel {
  const g = new GraphBuilder(17)
  const stages = [2, 2, 4]
  let side = 8
  let width = 8
  let x = g.op('Conv', ['x', g.weights([width, 3, 4, 4]), g.bias(width)], {
    kernel_shape: [4, 4],
    strides: [4, 4],
  })
  x = g.layerNorm(g.transpose(x, [0, 2, 3, 1]), width)
  const slice = (y: string, start: number, end: number, axis: number, step = 1): string =>
    g.op('Slice', [y, g.ints([start]), g.ints([end]), g.ints([axis]), g.ints([step])])
  const roll = (y: string, by: number): string => {
    let rolled = y
    for (const axis of [1, 2]) rolled = g.concat([slice(rolled, by, 1000, axis), slice(rolled, 0, by, axis)], axis)
    return rolled
  }
  for (const [stage, blocks] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const shift = block % 2 === 1 && side > 2
      const windows = side / 2
      let y = g.layerNorm(x, width)
      if (shift) y = roll(y, 1)
      y = g.transpose(g.reshape(y, [-1, windows, 2, windows, 2, width]), [0, 1, 3, 2, 4, 5])
      y = g.attention(g.reshape(y, [-1, 4, width]), 4, width, 2, -1)
      y = g.transpose(g.reshape(y, [-1, windows, windows, 2, 2, width]), [0, 1, 3, 2, 4, 5])
      y = g.reshape(y, [-1, side, side, width])
      if (shift) y = roll(y, -1)
      x = g.add(x, y)
      x = g.add(x, g.mlp(g.layerNorm(x, width), width))
    }
    if (stage === stages.length - 1) break
    const quarter = (row: number, column: number): string => slice(slice(x, row, 1000, 1, 2), column, 1000, 2, 2)
    const merged = g.concat([quarter(0, 0), quarter(1, 0), quarter(0, 1), quarter(1, 1)], -1)
    x = g.op('MatMul', [g.layerNorm(merged, 4 * width), g.weights([4 * width, 2 * width], 4 * width)])
    width *= 2
    side /= 2
  }
  x = g.transpose(g.layerNorm(x, width), [0, 3, 1, 2])
  x = g.op('Flatten', [g.op('GlobalAveragePool', [x])], { axis: 1 })
  return {
    model: g.model(['N', 3, 32, 32], [[g.gemm(x, 32, 10), ['N', 10]]]),
    kind: 'Gemm',
    classes: 10,
    size: 32,
    taps: [16, 16, 32, 32],
  }
}

/** ConvNeXt: depthwise 7x7, the rest of the block on channels-last, layer scale, LayerNorm between pooling and head. */
export function convnext(): TinyModel {
  const g = new GraphBuilder(16)
  const channelsLast = (y: string): string => g.transpose(y, [0, 2, 3, 1])
  const channelsFirst = (y: string): string => g.transpose(y, [0, 3, 1, 2])
  const norm = (y: string, width: number): string => channelsFirst(g.layerNorm(channelsLast(y), width))
  let width = 8
  let x = norm(
    g.op('Conv', ['x', g.weights([width, 3, 4, 4]), g.bias(width)], {
      kernel_shape: [4, 4],
      strides: [4, 4],
    }),
    width,
  )
  for (const [stage, blocks] of [2, 3, 3].entries()) {
    if (stage > 0) {
      const down = [norm(x, width), g.weights([2 * width, width, 2, 2]), g.bias(2 * width)]
      x = g.op('Conv', down, { kernel_shape: [2, 2], strides: [2, 2] })
      width *= 2
    }
    for (let block = 0; block < blocks; block++) {
      const inner = g.mlp(g.layerNorm(channelsLast(g.conv(x, width, width, 7, { groups: width })), width), width)
      x = g.add(x, channelsFirst(g.op('Mul', [inner, g.weights([width])])))
    }
  }
  x = g.op('Flatten', [norm(g.op('GlobalAveragePool', [x]), width)], {
    axis: 1,
  })
  return {
    model: g.model(['N', 3, 32, 32], [[g.gemm(x, 32, 10), ['N', 10]]]),
    kind: 'Gemm',
    classes: 10,
    size: 32,
    taps: [16, 16, 32, 32],
  }
}
