import { describe, expect, test } from '@jest/globals'
import { headWeights, locateHead } from '../../src/locate/locate.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { resnet50 } from '../support/tiny-models/convolutional.js'
import { headModel } from '../support/tiny-models/heads.js'

const image = ['N', 3, 8, 8] as const

/** A convolution, pooling, and a Gemm from 12 features to 7 classes. */
function classifier(): {
  g: GraphBuilder
  maps: string
  pooled: string
  logits: string
} {
  const g = new GraphBuilder(13)
  const maps = g.relu6(g.conv(g.convRelu('x', 3, 8, 3, { stride: 2 }), 8, 12, 1))
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [maps])])
  return { g, maps, pooled, logits: g.gemm(pooled, 12, 7) }
}

describe('of several outputs', () => {
  test('those that hold features are passed over', () => {
    const { g, maps, pooled, logits } = classifier()
    const model = g.model(image, [
      [maps, ['N', 12, 4, 4]],
      [pooled, ['N', 12]],
      [logits, ['N', 7]],
    ])
    expect(locateHead(model)).toMatchObject({
      logits,
      classes: 7,
      bottleneck: { tensor: pooled },
    })
  })

  test('an output is not needed by another to be the main one: the deepest head is', () => {
    const g = new GraphBuilder(13)
    const shallow = g.convRelu('x', 3, 8, 3)
    const auxiliary = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [shallow])]), 8, 7)
    const deep = g.convRelu(g.convRelu(shallow, 8, 8, 3), 8, 12, 3)
    const main = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [deep])]), 12, 7)
    for (const order of [
      [main, auxiliary],
      [auxiliary, main],
    ]) {
      const found = locateHead(
        g.model(
          image,
          order.map((name) => [name, ['N', 7]]),
        ),
      )
      expect(found.logits).toBe(main)
    }
  })

  test('two heads whose scores are averaged, as in distilled DeiT, count as the first, whose weights then say too little', () => {
    const { g, pooled, logits } = classifier()
    const other = g.gemm(g.relu(g.gemm(pooled, 12, 12)), 12, 7)
    const mean = g.op('Div', [g.add(logits, other), g.floats([], [2])])
    const model = g.model(image, [[mean, ['N', 7]]])
    const found = locateHead(model)
    expect(found).toMatchObject({
      logits: mean,
      classes: 7,
      bottleneck: { tensor: pooled },
    })
    expect([found.weights, headWeights(model, found)]).toEqual([undefined, undefined])
  })

  test('logits and probabilities share one head', () => {
    const { g, logits } = classifier()
    const probabilities = g.op('Softmax', [logits], { axis: 1 })
    const found = locateHead(
      g.model(image, [
        [probabilities, ['N', 7]],
        [logits, ['N', 7]],
      ]),
    )
    expect(found).toMatchObject({ logits, probabilities })
  })
})

describe('the options head and bottleneck', () => {
  test('name a node by its name or by a tensor it makes', () => {
    const g = new GraphBuilder(13)
    const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu('x', 3, 8, 3)])])
    const scores = g.gemm(pooled, 8, 5)
    const other = g.gemm(g.relu(g.gemm(pooled, 8, 9)), 9, 4)
    const model = g.model(image, [
      [g.op('Softmax', [scores], { axis: 1 }), ['N', 5]],
      [other, ['N', 4]],
    ])
    expect(locateHead(model).classes).toBe(4)
    const found = locateHead(model, { head: scores })
    expect(found).toMatchObject({
      classes: 5,
      logits: scores,
      probabilities: model.graph.output[0]!.name,
    })
    expect(headWeights(model, found)?.bias).toHaveLength(5)
  })

  test('reach a head that an output cannot be followed back to', () => {
    const { g, logits } = classifier()
    const ranked = g.ops('TopK', [logits, g.ints([5])], {}, 2)
    const model = g.model(image, [[ranked[0]!, ['N', 5]]])
    expect(() => locateHead(model)).toThrow(
      expect.objectContaining({
        code: 'BAD_MODEL',
        message: expect.stringMatching(/TopK/),
        remedy: { kind: 'name-head', candidate: logits },
      }),
    )
    expect(locateHead(model, { head: logits })).toMatchObject({
      classes: 7,
      logits,
    })
  })

  test('take another tensor for the features', () => {
    const { g, maps, logits } = classifier()
    const model = g.model(image, [[logits, ['N', 7]]])
    const found = locateHead(model, { bottleneck: maps })
    expect(found.bottleneck).toEqual({
      tensor: maps,
      size: 12,
      axes: [2, 3],
      channelAxis: 1,
    })
    expect(found.classes).toBe(7)
  })

  test('say what is wrong with a name', () => {
    const { g, logits, maps } = classifier()
    const model = g.model(image, [[logits, ['N', 7]]])
    const conv = model.graph.node[0]!.name
    expect(() => locateHead(model, { head: 'nowhere' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    expect(() => locateHead(model, { bottleneck: 'nowhere' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    expect(() => locateHead(model, { head: maps })).toThrow(/is no Gemm, MatMul or 1x1 Conv/)
    expect(() => locateHead(model, { head: conv })).toThrow(/cannot be the head/)
  })
})

describe('no head is found', () => {
  test('in a network that only makes features, and its end is described', () => {
    const { g, pooled } = classifier()
    expect(() => locateHead(g.model(image, [[pooled, ['N', 12]]]))).toThrow(
      /before output t\d+, t\d+ \(Clip \[1, 12, 4, 4\]\)/,
    )
  })

  test('in one that scores every pixel', () => {
    const g = new GraphBuilder(13)
    const scores = g.conv(g.convRelu('x', 3, 8, 3), 8, 5, 1)
    expect(() => locateHead(g.model(image, [[scores, ['N', 5, 8, 8]]]))).toThrow(/scores each of several positions/)
  })
})

describe('the input', () => {
  test('is read from its shape', () => {
    expect(locateHead(resnet50().model).input).toEqual({
      name: 'x',
      layout: 'NCHW',
      type: 'float32',
      width: 32,
      height: 32,
      channels: 3,
      batch: 'free',
    })
  })

  test('of free height and width is told by the first convolution', () => {
    for (const transposed of [false, true]) {
      const g = new GraphBuilder(13)
      const start = transposed ? g.transpose('x', [0, 3, 1, 2]) : 'x'
      const maps = g.add(g.convRelu(start, 3, 8, 3, { stride: 2 }), g.conv(start, 3, 8, 3, { stride: 2 }))
      const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu(maps, 8, 12, 3)])])
      const found = locateHead(g.model(['N', 'a', 'b', 'c'], [[g.gemm(pooled, 12, 7), ['N', 7]]]))
      expect(found.input).toMatchObject({
        layout: transposed ? 'NHWC' : 'NCHW',
        width: undefined,
        channels: 3,
      })
      expect(found.taps).toEqual([{ tensor: maps, size: 8, axes: [2, 3], channelAxis: 1 }])
    }
  })

  test('lists no initialiser, as old exporters do', () => {
    const { model } = headModel('Gemm without bias')
    model.graph.input.unshift({
      ...model.graph.input[0]!,
      name: model.graph.initializer[0]!.name,
    })
    expect(locateHead(model).input.name).toBe('x')
  })
})
