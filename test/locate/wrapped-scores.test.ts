import { expect, test } from '@jest/globals'
import { locateHead } from '../../src/locate/locate.js'
import { prepareBackbone } from '../../src/backbone/prepare.js'
import { valueInfo } from '../../src/onnx/build.js'
import { DataType } from '../../src/onnx/tensor.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'

const image = ['N', 3, 8, 8] as const

function classifier(): { g: GraphBuilder; logits: string; probabilities: string } {
  const g = new GraphBuilder(13)
  const maps = g.relu6(g.conv(g.convRelu('x', 3, 8, 3, { stride: 2 }), 8, 12, 1))
  const logits = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [maps])]), 12, 7)
  return { g, logits, probabilities: g.op('Softmax', [logits], { axis: 1 }) }
}

test('of a label and a map of probabilities (scikit-learn, ML.NET, Custom Vision), the map leads to the head', () => {
  const { g, logits, probabilities } = classifier()
  const label = g.op('LabelEncoder', [g.op('ArgMax', [probabilities], { axis: 1 })])
  const map = g.op('ZipMap', [probabilities])
  const model = g.model(image, [
    [label, ['N', 1]],
    [map, ['N', 7]],
  ])
  expect(locateHead(model)).toMatchObject({ logits, classes: 7, probabilities })
})

test('probabilities in per cent, or kept off zero, are rescaled scores', () => {
  const { g, logits, probabilities } = classifier()
  const percent = g.op('Mul', [probabilities, g.floats([], [100])])
  const clipped = g.op('Clip', [g.op('Div', [percent, g.floats([], [100])]), g.floats([], [1e-7]), g.floats([], [1])])
  for (const output of [percent, clipped]) {
    expect(locateHead(g.model(image, [[output, ['N', 7]]]))).toMatchObject({ logits, classes: 7, probabilities })
  }
})

test('an input that no node reads is left out; one that is read is named', () => {
  const { g, logits } = classifier()
  const model = g.model(image, [[logits, ['N', 7]]])
  model.graph.input.push(valueInfo('unused', DataType.FLOAT, [5]))
  const prepare = () => {
    const location = locateHead(model)
    return prepareBackbone(model, {
      location,
      taps: [],
      normalisation: undefined,
      width: 8,
      height: 8,
      dropBackground: false,
    })
  }
  model.graph.input.reverse()
  const inputs = prepare().graph.input
  expect(inputs.map(({ name }) => name)).toEqual(['image'])
  model.graph.input.reverse()
  expect(inputs).toEqual(prepare().graph.input)
  g.op('Mul', [logits, 'unused'])
  model.graph.node.push(g.nodes.at(-1)!)
  expect(prepare).toThrow(/inputs besides the image \(unused\)/)
})
