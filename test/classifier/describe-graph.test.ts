import { describe, expect, test } from '@jest/globals'
import { locateHead } from '../../src/locate/locate.js'
import type { LoadedModel } from '../../src/onnx/model.js'
import { doubtsOf } from '../../src/classifier/describe-graph.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'

const image = ['N', 3, 8, 8] as const

function network(): { g: GraphBuilder; maps: string; pooled: string } {
  const g = new GraphBuilder(13)
  const maps = g.convRelu(g.convRelu('x', 3, 8, 3), 8, 12, 3)
  return { g, maps, pooled: g.op('Flatten', [g.op('GlobalAveragePool', [maps])]) }
}

describe('a model is taken, and a doubt is said:', () => {
  const source = (model: LoadedModel, isLikeEncoder = false) => ({ location: locateHead(model), isLikeEncoder })

  test('sigmoids over several classes mean that these do not exclude each other', () => {
    const { g, pooled } = network()
    const model = g.model(image, [[g.op('Sigmoid', [g.gemm(pooled, 12, 7)]), ['N', 7]]])
    const { location } = source(model)
    expect(location).toMatchObject({ isMultiLabel: true, classes: 7 })
    expect(location.probabilities).toBeUndefined()
    expect(doubtsOf('m.onnx', source(model))).toMatchObject([{ code: 'MULTI_LABEL', type: 'warning' }])
  })

  test('numbers that are called an embedding may be no scores', () => {
    const { g, pooled } = network()
    g.gemm(pooled, 12, 16)
    g.nodes.at(-1)!.output = ['image_embeds']
    const found = source(g.model(image, [['image_embeds', ['N', 16]]]), true)
    expect(found.location.output).toBe('image_embeds')
    expect(doubtsOf('m.onnx', found)).toMatchObject([
      { code: 'ENCODER', message: expect.stringMatching(/encoder.*image_embeds.*16/) },
    ])
  })

  test('scores of several sets of classes: which one is taken, and which are left out; an auxiliary head is none', () => {
    const { g, pooled } = network()
    const [emotion, gender, auxiliary] = [g.gemm(pooled, 12, 8), g.gemm(pooled, 12, 2), g.gemm(pooled, 12, 8)]
    const found = source(
      g.model(image, [
        [emotion, ['N', 8]],
        [gender, ['N', 2]],
        [auxiliary, ['N', 8]],
      ]),
    )
    expect(doubtsOf('m.onnx', found)).toMatchObject([
      {
        code: 'SEVERAL_HEADS',
        message: `m.onnx scores several sets of classes; the 8 of its output ${emotion} are extended, and ${gender} left out.`,
        remedy: { kind: 'name-other-head' },
      },
    ])
  })

  test('what changes the scores after a head that is named is left out, unless it only ranks them', () => {
    const doubts = (head: (g: GraphBuilder, scores: string) => string) => {
      const { g, pooled } = network()
      const scores = g.gemm(pooled, 12, 7)
      const model = g.model(image, [[head(g, scores), ['N', 7]]])
      return doubtsOf('m.onnx', { location: locateHead(model, { head: scores }), isLikeEncoder: false })
    }
    expect(doubts((g, scores) => g.op('Softmax', [g.op('Tanh', [scores])], { axis: 1 }))).toMatchObject([
      {
        code: 'SCORES_LEFT_OUT',
        message: expect.stringMatching(/\(Tanh\) after .* changes the scores and is left out/),
      },
    ])
    expect(doubts((g, scores) => g.op('ArgMax', [g.op('Softmax', [scores], { axis: 1 })], { axis: 1 }))).toEqual([])
  })

  test('of a plain classifier there is none', () => {
    const { g, pooled } = network()
    expect(doubtsOf('m.onnx', source(g.model(image, [[g.gemm(pooled, 12, 7), ['N', 7]]])))).toEqual([])
  })
})
