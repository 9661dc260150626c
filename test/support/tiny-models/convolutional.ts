import type { LoadedModel } from '../../../src/onnx/model.js'
import { GraphBuilder } from './builder.js'

/** What the search must find in a tiny model. */
export interface TinyModel {
  readonly model: LoadedModel
  readonly kind: string
  readonly classes: number
  /** Features the head reads. */
  readonly size: number
  /** Sizes of the deeper features, the shallowest first. */
  readonly taps: readonly number[]
  readonly layout?: 'NHWC'
  readonly hasProbabilities?: boolean
  /** Whether a ReLU comes between the head and its logits. */
  readonly isRectified?: boolean
}

const image = ['N', 3, 32, 32] as const

/** VGG-16: convolutions in a row, two hidden layers, no blocks. Opset 9. */
export function vgg16(): TinyModel {
  const g = new GraphBuilder(9)
  let x = 'x'
  let from = 3
  for (const [to, convolutions] of [
    [4, 2],
    [6, 2],
    [8, 3],
    [10, 3],
    [12, 3],
  ] as const) {
    for (let i = 0; i < convolutions; i++) {
      x = g.convRelu(x, from, to, 3)
      from = to
    }
    x = g.maxPool(x)
  }
  x = g.op('Flatten', [x], { axis: 1 })
  x = g.op('Dropout', [g.relu(g.gemm(x, 12, 20))])
  x = g.op('Dropout', [g.relu(g.gemm(x, 20, 24))])
  const model = g.model(image, [[g.gemm(x, 24, 10), ['N', 10]]])
  return { model, kind: 'Gemm', classes: 10, size: 24, taps: [12, 12, 12, 20] }
}

/** ResNet-50 as torchvision exports it: bottleneck blocks, residual Add then ReLU, Flatten, Gemm. */
export function resnet50(): TinyModel {
  const g = new GraphBuilder(13)
  let x = g.maxPool(g.convRelu('x', 3, 8, 7, { stride: 2 }), 3, 2)
  let from = 8
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const to = 8 << stage
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1
      const inner = g.conv(
        g.convRelu(g.convRelu(x, from, to >> 1, 1), to >> 1, to >> 1, 3, {
          stride,
        }),
        to >> 1,
        to,
        1,
      )
      x = g.relu(g.add(inner, block === 0 ? g.conv(x, from, to, 1, { stride }) : x))
      from = to
    }
  }
  x = g.op('Flatten', [g.op('GlobalAveragePool', [x])], { axis: 1 })
  const model = g.model(image, [[g.gemm(x, 64, 10), ['N', 10]]])
  return { model, kind: 'Gemm', classes: 10, size: 64, taps: [32, 32, 64, 64] }
}

/** The blocks of Inception v3: 5b–5d, 6a–6e, 7a–7c; some branches end in a Concat of their own. */
function inceptionBlocks(g: GraphBuilder, image: string): { x: string; middle: string } {
  let x = g.maxPool(g.convRelu(image, 3, 8, 3, { stride: 2 }), 3, 2)
  const mixed = (from: number, to: number, nested: boolean): string => {
    const branch = g.convRelu(x, from, 4, 1)
    const split = nested
      ? g.concat([g.convRelu(branch, 4, to / 8, 3), g.convRelu(branch, 4, to / 8, 1)])
      : g.convRelu(branch, 4, to / 4, 3)
    const pooled = g.convRelu(g.op('AveragePool', [x], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }), from, to / 4, 1)
    return g.concat([g.convRelu(x, from, to / 2, 1), split, pooled])
  }
  const reduce = (from: number, to: number): string =>
    g.concat([g.convRelu(x, from, to - from, 3, { stride: 2 }), g.maxPool(x, 3, 2)])
  x = mixed(8, 16, false)
  x = mixed(16, 16, false)
  x = mixed(16, 16, false)
  x = reduce(16, 24)
  for (let i = 0; i < 4; i++) x = mixed(24, 24, false)
  const middle = x
  x = reduce(24, 40)
  x = mixed(40, 48, true)
  x = mixed(48, 48, true)
  return { x, middle }
}

/** Inception v3 of torchvision, exported in training mode: a second output, `AuxLogits`, which comes first here. */
export function inceptionV3Torchvision(): TinyModel {
  const g = new GraphBuilder(11)
  const { x, middle } = inceptionBlocks(g, 'x')
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [x])], { axis: 1 })
  const logits = g.gemm(g.op('Dropout', [pooled]), 48, 10)
  const auxiliary = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu(middle, 24, 30, 1)])]), 30, 10)
  const model = g.model(
    ['N', 3, 64, 64],
    [
      [auxiliary, ['N', 10]],
      [logits, ['N', 10]],
    ],
  )
  return { model, kind: 'Gemm', classes: 10, size: 48, taps: [24, 24, 40, 48] }
}

/** Inception v3 of Keras by tf2onnx: NHWC at the door, Transposes inside, ReduceMean, MatMul + Add, Softmax. */
export function inceptionV3Keras(): TinyModel {
  const g = new GraphBuilder(13)
  const { x } = inceptionBlocks(g, g.transpose('x', [0, 3, 1, 2]))
  const pooled = g.op('ReduceMean', [g.transpose(x, [0, 2, 3, 1])], {
    axes: [1, 2],
    keepdims: 0,
  })
  const model = g.model(['N', 64, 64, 3], [[g.op('Softmax', [g.dense(pooled, 48, 10)], { axis: -1 }), ['N', 10]]])
  return {
    model,
    kind: 'MatMul+Add',
    classes: 10,
    size: 48,
    taps: [24, 24, 40, 48],
    layout: 'NHWC',
    hasProbabilities: true,
  }
}

/**
 * MobileNet v1 of Keras: no blocks with branches; the head is a 1x1 Conv on the pooled features, 1001 classes in
 * TF-Slim's, 11 here.
 */
export function mobilenetV1(): TinyModel {
  const g = new GraphBuilder(9)
  let x = g.relu6(g.conv(g.transpose('x', [0, 3, 1, 2]), 3, 8, 3, { stride: 2 }))
  let from = 8
  for (const [to, stride] of [
    [8, 1],
    [12, 2],
    [12, 1],
    [16, 2],
    [16, 1],
    [16, 1],
    [24, 2],
    [24, 1],
  ] as const) {
    x = g.relu6(g.conv(x, from, from, 3, { stride, groups: from }))
    x = g.relu6(g.conv(x, from, to, 1))
    from = to
  }
  x = g.reshape(g.op('GlobalAveragePool', [x]), [-1, 24, 1, 1])
  x = g.reshape(g.conv(g.op('Dropout', [x]), 24, 11, 1), [-1, 11])
  const model = g.model(['N', 32, 32, 3], [[g.op('Softmax', [x], { axis: 1 }), ['N', 11]]])
  return {
    model,
    kind: 'Conv1x1',
    classes: 11,
    size: 24,
    taps: [16, 16, 24, 24],
    layout: 'NHWC',
    hasProbabilities: true,
  }
}

/** Inverted residuals: expand, depthwise, project without activation; Add where the shape stays. */
function invertedResidual(
  g: GraphBuilder,
  x: string,
  [from, to, stride]: readonly [number, number, number],
  activate: (x: string) => string,
  excites: boolean,
): string {
  const inner = 3 * from
  let y = activate(
    g.conv(activate(g.conv(x, from, inner, 1)), inner, inner, 3, {
      stride,
      groups: inner,
    }),
  )
  if (excites) y = g.excite(y, inner)
  y = g.conv(y, inner, to, 1)
  return stride === 1 && from === to ? g.add(x, y) : y
}

const mobileStages = [
  [8, 8, 1],
  [8, 10, 2],
  [10, 10, 1],
  [10, 12, 2],
  [12, 12, 1],
  [12, 12, 1],
  [12, 16, 2],
  [16, 16, 1],
  [16, 20, 1],
] as const

/** MobileNet v2 of torchvision, its batch fixed at 1 as its default export does. */
export function mobilenetV2(): TinyModel {
  const g = new GraphBuilder(18)
  let x = g.relu6(g.conv('x', 3, 8, 3, { stride: 2 }))
  for (const stage of mobileStages) x = invertedResidual(g, x, stage, (y) => g.relu6(y), false)
  x = g.relu6(g.conv(x, 20, 32, 1))
  x = g.op('ReduceMean', [x, g.ints([-1, -2])], { keepdims: 1 })
  x = g.op('Reshape', [x, g.ints([1, 32])], { allowzero: 1 })
  const model = g.model([1, 3, 32, 32], [[g.gemm(x, 32, 10), [1, 10]]])
  return { model, kind: 'Gemm', classes: 10, size: 32, taps: [12, 12, 16] }
}

/** MobileNet v3: HardSwish, squeeze-and-excitation, a hidden layer after the pooling. */
export function mobilenetV3(): TinyModel {
  const g = new GraphBuilder(14)
  const hardSwish = (y: string): string => g.op('HardSwish', [y])
  let x = hardSwish(g.conv('x', 3, 8, 3, { stride: 2 }))
  for (const stage of mobileStages) x = invertedResidual(g, x, stage, hardSwish, true)
  x = hardSwish(g.conv(x, 20, 32, 1))
  x = g.op('Flatten', [g.op('GlobalAveragePool', [x])], { axis: 1 })
  x = hardSwish(g.gemm(x, 32, 40))
  const model = g.model(image, [[g.gemm(x, 40, 10), ['N', 10]]])
  return { model, kind: 'Gemm', classes: 10, size: 40, taps: [12, 12, 16] }
}

/** EfficientNet: Swish as Sigmoid and Mul, squeeze-and-excitation, Squeeze instead of Flatten. */
export function efficientnet(): TinyModel {
  const g = new GraphBuilder(11)
  let x = g.swish(g.conv('x', 3, 8, 3, { stride: 2 }))
  for (const stage of mobileStages) x = invertedResidual(g, x, stage, (y) => g.swish(y), true)
  x = g.swish(g.conv(x, 20, 32, 1))
  x = g.op('Squeeze', [g.op('GlobalAveragePool', [x])], { axes: [2, 3] })
  const model = g.model(image, [[g.op('Softmax', [g.dense(x, 32, 10)], { axis: 1 }), ['N', 10]]])
  return {
    model,
    kind: 'MatMul+Add',
    classes: 10,
    size: 32,
    taps: [12, 12, 16],
    hasProbabilities: true,
  }
}

/** DenseNet: every layer reads all before it in its block. */
export function densenet(): TinyModel {
  const g = new GraphBuilder(13)
  let x = g.maxPool(g.convRelu('x', 3, 8, 7, { stride: 2 }), 3, 2)
  let channels = 8
  for (const [block, layers] of [2, 3, 4].entries()) {
    for (let layer = 0; layer < layers; layer++) {
      x = g.concat([x, g.conv(g.convRelu(g.relu(x), channels, 8, 1), 8, 4, 3)])
      channels += 4
    }
    if (block === 2) break
    x = g.op('AveragePool', [g.conv(g.relu(x), channels, channels / 2, 1)], {
      kernel_shape: [2, 2],
      strides: [2, 2],
    })
    channels /= 2
  }
  x = g.op('GlobalAveragePool', [g.relu(x)])
  const model = g.model(image, [[g.gemm(g.op('Flatten', [x]), channels, 10), ['N', 10]]])
  return { model, kind: 'Gemm', classes: 10, size: 26, taps: [16, 20, 18, 22] }
}

/** SqueezeNet: fire modules; a 1x1 Conv and a ReLU before the pooling are the head. Opset 7. */
export function squeezenet(): TinyModel {
  const g = new GraphBuilder(7)
  let x = g.maxPool(g.convRelu('x', 3, 8, 3, { stride: 2 }), 3, 2)
  let from = 8
  for (const [to, pools] of [
    [12, 0],
    [12, 1],
    [16, 0],
    [16, 1],
    [20, 0],
    [20, 0],
    [24, 0],
    [24, 0],
  ] as const) {
    const squeezed = g.convRelu(x, from, 8, 1)
    x = g.concat([g.convRelu(squeezed, 8, to / 2, 1), g.convRelu(squeezed, 8, to / 2, 3)])
    if (pools) x = g.maxPool(x, 3, 2)
    from = to
  }
  x = g.op('GlobalAveragePool', [g.convRelu(g.op('Dropout', [x]), 24, 10, 1)])
  const model = g.model([1, 3, 32, 32], [[g.op('Softmax', [x], { axis: 1 }), [1, 10, 1, 1]]])
  return {
    model,
    kind: 'Conv1x1',
    classes: 10,
    size: 24,
    taps: [16, 16, 20, 24],
    hasProbabilities: true,
    isRectified: true,
  }
}

/** ShuffleNet v2: half of the channels pass by, then Concat and a shuffle. */
export function shufflenet(): TinyModel {
  const g = new GraphBuilder(12)
  const shuffle = (x: string, channels: number, size: number): string => {
    const parts = g.transpose(g.reshape(x, [-1, 2, channels / 2, size, size]), [0, 2, 1, 3, 4])
    return g.reshape(parts, [-1, channels, size, size])
  }
  const branch = (x: string, from: number, to: number, stride: number): string =>
    g.convRelu(g.conv(g.convRelu(x, from, to, 1), to, to, 3, { stride, groups: to }), to, to, 1)
  let x = g.convRelu('x', 3, 8, 3, { stride: 2 })
  let channels = 8
  let size = 16
  for (const units of [2, 3, 3]) {
    size /= 2
    const down = g.convRelu(g.conv(x, channels, channels, 3, { stride: 2, groups: channels }), channels, channels, 1)
    x = shuffle(g.concat([down, branch(x, channels, channels, 2)]), 2 * channels, size)
    channels *= 2
    for (let unit = 1; unit < units; unit++) {
      const [left, right] = g.ops('Split', [x], { axis: 1, split: [channels / 2, channels / 2] }, 2)
      x = shuffle(g.concat([left!, branch(right!, channels / 2, channels / 2, 1)]), channels, size)
    }
  }
  x = g.op('ReduceMean', [g.convRelu(x, channels, 40, 1)], {
    axes: [2, 3],
    keepdims: 0,
  })
  const model = g.model(image, [[g.gemm(x, 40, 10), ['N', 10]]])
  return { model, kind: 'Gemm', classes: 10, size: 40, taps: [32, 32, 64, 64] }
}

/** GoogLeNet: two auxiliary classifiers beside the main one, whose pooling is an AveragePool over all. Opset 8. */
export function googlenet(): TinyModel {
  const g = new GraphBuilder(8)
  let x = g.maxPool(g.convRelu('x', 3, 8, 7, { stride: 2 }), 3, 2)
  let from = 8
  const auxiliary: string[] = []
  for (const [to, pools, branches] of [
    [16, 0, 0],
    [16, 1, 0],
    [20, 0, 1],
    [20, 0, 0],
    [24, 0, 1],
    [24, 1, 0],
    [28, 0, 0],
    [32, 0, 0],
  ] as const) {
    const pooled = g.convRelu(g.op('MaxPool', [x], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }), from, to / 4, 1)
    x = g.concat([g.convRelu(x, from, to / 2, 1), g.convRelu(g.convRelu(x, from, 4, 1), 4, to / 4, 3), pooled])
    from = to
    if (branches)
      auxiliary.push(g.gemm(g.relu(g.gemm(g.op('Flatten', [g.convRelu(g.maxPool(x), to, 8, 1)]), 32, 36)), 36, 10))
    if (pools) x = g.maxPool(x)
  }
  x = g.op('AveragePool', [x], { kernel_shape: [2, 2] })
  const logits = g.gemm(g.op('Dropout', [g.reshape(x, [-1, 32])]), 32, 10)
  const outputs = [logits, ...auxiliary].map((name) => [name, ['N', 10]] as const)
  return {
    model: g.model(image, outputs),
    kind: 'Gemm',
    classes: 10,
    size: 32,
    taps: [20, 24, 24, 28],
  }
}
