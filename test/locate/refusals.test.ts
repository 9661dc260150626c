import { describe, expect, test } from '@jest/globals'
import { sentenceOf } from '../../src/cli/remedies.js'
import type { NpluskError } from '../../src/core/errors.js'
import { locateHead } from '../../src/locate/locate.js'
import type { LoadedModel } from '../../src/onnx/model.js'
import { valueInfo } from '../../src/onnx/build.js'
import { DataType } from '../../src/onnx/tensor.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'

const image = ['N', 3, 8, 8] as const

function network(): { g: GraphBuilder; maps: string; pooled: string } {
  const g = new GraphBuilder(13)
  const maps = g.convRelu(g.convRelu('x', 3, 8, 3), 8, 12, 3)
  return { g, maps, pooled: g.op('Flatten', [g.op('GlobalAveragePool', [maps])]) }
}

/** Renames a tensor of a graph. */
function named(g: GraphBuilder, tensor: string, name: string): string {
  for (const node of g.nodes) node.output = node.output.map((output) => (output === tensor ? name : output))
  return name
}

function refusal(model: LoadedModel): string {
  try {
    locateHead(model)
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_MODEL' })
    expect((error as Error).message).toMatch(/^\S[^\n]*[^.]\.$/)
    return sentenceOf(error as NpluskError)
  }
  throw new Error('it was taken for a classifier')
}

describe('a model that is no classifier is named as what it is:', () => {
  test('an object detector, by its boxes or by the suppression of them', () => {
    const { g, maps } = network()
    const rows = g.reshape(g.transpose(g.conv(maps, 12, 12, 1), [0, 2, 3, 1]), [0, -1, 4])
    const boxes = g.model(image, [[rows, ['N', 192, 4]]])
    expect(refusal(boxes)).toMatch(/object detector/)
    const scores = g.reshape(g.conv(maps, 12, 10, 1), [0, 10, -1])
    expect(refusal(g.model(image, [[named(g, scores, 'boxes_and_scores'), ['N', 10, 64]]]))).toMatch(/object detector/)
    const chosen = g.op('NonMaxSuppression', [rows, g.op('Transpose', [rows], { perm: [0, 2, 1] })])
    expect(refusal(g.model(image, [[chosen, ['M', 3]]]))).toMatch(/object detector/)
  })

  test('one that gives a map of the picture', () => {
    const { g, maps } = network()
    const message = refusal(g.model(image, [[g.conv(maps, 12, 5, 1), ['N', 5, 8, 8]]]))
    expect(message).toMatch(/map of the picture, as for segmentation/)
    expect(message).not.toMatch(/--scores/)
  })

  test('one with a single value, with a sigmoid or without', () => {
    const { g, pooled } = network()
    const value = g.gemm(pooled, 12, 1)
    for (const output of [value, g.op('Sigmoid', [value])]) {
      const message = refusal(g.model(image, [[output, ['N', 1]]]))
      expect(message).toMatch(/one value for each picture.*two for yes and no/)
      expect(message).not.toMatch(/--scores/)
    }
  })

  test('an encoder, by what its output is made of or called: no head is there to be named', () => {
    const { g, pooled } = network()
    const message = refusal(g.model(image, [[pooled, ['N', 12]]]))
    expect(message).toMatch(/features and no class scores.*encoder/)
    expect(message).not.toMatch(/--scores/)
    const projected = g.gemm(pooled, 12, 8)
    const length = g.op('ReduceL2', [projected], { axes: [1] })
    expect(refusal(g.model(image, [[g.op('Div', [projected, length]), ['N', 8]]]))).not.toMatch(/--scores/)
  })

  test('one that gives a map of a free size, or lays out the numbers of a linear layer as a picture', () => {
    const { g, maps, pooled } = network()
    const larger = g.op('DepthToSpace', [maps], { blocksize: 2 })
    expect(refusal(g.model(['N', 3, 'h', 'w'], [[larger, ['N', 3, 'h2', 'w2']]]))).toMatch(/map of the picture/)
    const picture = g.op('Sigmoid', [g.reshape(g.gemm(pooled, 12, 192), [-1, 3, 8, 8])])
    expect(refusal(g.model(image, [[picture, ['N', 3, 8, 8]]]))).toMatch(/192 numbers.*laid out as a picture/)
  })

  test('a yes-or-no model that gives its one value and what is left of 1', () => {
    const { g, pooled } = network()
    const yes = g.op('Sigmoid', [g.gemm(pooled, 12, 1)])
    const both = g.concat([g.op('Sub', [g.floats([], [1]), yes]), yes])
    expect(refusal(g.model(image, [[both, ['N', 2]]]))).toMatch(/one value for each picture/)
  })

  test('neither an average of two classifiers nor scores at several places are called an encoder', () => {
    const { g, pooled } = network()
    const [one, two] = [0, 1].map(() => g.op('Softmax', [g.gemm(pooled, 12, 7)], { axis: 1 }))
    const mean = g.op('Div', [g.add(one!, two!), g.floats([], [2])])
    expect(refusal(g.model(image, [[mean, ['N', 7]]]))).toMatch(/No classification head.*joins two branches.*--scores/)
    const other = network().g
    const places = other.reshape(other.conv('x', 3, 7, 1), [0, 7, -1])
    const message = refusal(other.model(image, [[places, ['N', 7, 64]]]))
    expect(message).toMatch(/No layer of class scores was found.*several positions/)
    expect(message).not.toMatch(/encoder|--scores/)
  })

  test('a graph that ranks its scores: the head is named', () => {
    const { g, pooled } = network()
    const scores = g.gemm(pooled, 12, 7)
    const best = g.op('ArgMax', [scores], { axis: 1 })
    expect(refusal(g.model(image, [[best, ['N', 1]]]))).toContain(`--scores NODE, such as ${scores}`)
  })

  test('one exported in training mode, which answers differently every time', () => {
    const classifier = (before: (g: GraphBuilder, pooled: string) => string) => {
      const { g, pooled } = network()
      return g.model(image, [[g.gemm(before(g, pooled), 12, 7), ['N', 7]]])
    }
    const dropout = (ratio: number, training: number) =>
      classifier((g, pooled) => {
        const mode = g.constant(DataType.BOOL, [], Uint8Array.of(training))
        return g.op('Dropout', [pooled, g.floats([], [ratio]), mode])
      })
    expect(refusal(dropout(0.5, 1))).toMatch(/exported in training mode: its Dropout .* drops numbers.*eval\(\)\.$/)
    for (const harmless of [dropout(0, 1), dropout(0.5, 0)]) expect(locateHead(harmless).classes).toBe(7)
    const noise = classifier((g, pooled) => g.add(pooled, g.op('RandomNormalLike', [pooled])))
    expect(refusal(noise)).toMatch(/its RandomNormalLike .* makes random numbers/)
  })

  test('one that reads something other than pictures', () => {
    const g = new GraphBuilder(13)
    const model = g.model(['N', 16], [[g.op('Cast', ['x'], { to: DataType.FLOAT }), ['N', 16]]])
    const reading = (type: DataType, dims: (number | string)[]) => {
      model.graph.input = [valueInfo('x', type, dims)]
      return refusal(model)
    }
    expect(reading(DataType.INT64, ['N', 16])).toMatch(/x \[N, 16\].*reads text or tokens/)
    expect(reading(DataType.FLOAT, ['N', 80, 'T'])).toMatch(/reads sequences/)
    expect(reading(DataType.FLOAT, [3, 224, 224])).toMatch(/without a batch/)
    expect(reading(DataType.FLOAT, ['N', 3, 16, 112, 112])).toMatch(/video/)
  })
})
