import { describe, expect, test } from '@jest/globals'
import { findCoupling } from '../../src/classifier/batch-coupling.js'
import { freeBatch, locateHead } from '../../src/locate/locate.js'
import type { LoadedModel } from '../../src/onnx/model.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { dynamicallyQuantised, qOperator } from '../support/tiny-models/quantised.js'
import { topologies } from '../support/tiny-models/topologies.js'

const unit = { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const

function couplingOf(given: LoadedModel) {
  const model = freeBatch(given)
  const location = locateHead(model)
  const { width = 32, height = 32 } = location.input
  const taps = [...location.taps, location.bottleneck]
  const recipe = { location, taps, normalisation: unit, dropBackground: false, width, height }
  return findCoupling(model, recipe, {})
}

/** A small classifier, with something done to its last activations [N, 8, 8, 8]. */
function classifier(change: (g: GraphBuilder, maps: string) => string): LoadedModel {
  const g = new GraphBuilder(13, 'coupling')
  const maps = change(g, g.convRelu('x', 3, 8, 3))
  return g.model(['N', 3, 8, 8], [[g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [maps])]), 8, 5), ['N', 5]]])
}

describe('pictures of a batch change each other', () => {
  test('by dynamic quantisation, which is named', async () => {
    const coupling = await couplingOf(dynamicallyQuantised())
    expect(coupling).toMatchObject({ operator: 'DynamicQuantizeLinear', reason: expect.stringMatching(/range/) })
    expect(coupling!.change).toBeGreaterThan(0)
  })

  test.each<[string, (g: GraphBuilder, maps: string) => string]>([
    ['a softmax over them', (g, maps) => g.op('Softmax', [maps], { axis: 0 })],
    ['their mean', (g, maps) => g.op('Sub', [maps, g.op('ReduceMean', [maps], { axes: [0] })])],
    ['the largest number of all', (g, maps) => g.op('Div', [maps, g.op('ReduceMax', [maps], { axes: [0, 1, 2, 3] })])],
    ['the first of them', (g, maps) => g.add(maps, g.op('Gather', [maps, g.ints([0])], { axis: 0 }))],
  ])('by %s, which shows when it is tried', async (_, change) => {
    const coupling = await couplingOf(classifier(change))
    expect(coupling).toMatchObject({ operator: null, reason: expect.stringMatching(/change with what others/) })
    expect(coupling!.change).toBeGreaterThan(0)
  })

  test('or stop the graph, which was declared to take any number', async () => {
    const model = classifier((g, maps) => g.op('Unsqueeze', [g.reshape(maps, [8, 8, 8]), g.ints([0])]))
    expect(await couplingOf(model)).toMatchObject({
      change: null,
      reason: expect.stringMatching(/one picture at a time/),
    })
  })
})

describe('they do not in', () => {
  test.each(['ResNet-50', 'MobileNet v3', 'ViT, batch fixed at 1', 'DeiT, mean of the tokens'])('%s', async (name) => {
    expect(await couplingOf(topologies[name]!().model)).toBeUndefined()
  })

  test('a network of 8-bit operators with fixed scales', async () => {
    expect(await couplingOf(qOperator())).toBeUndefined()
  })

  test('one that normalises every picture by itself', async () => {
    const scale = (g: GraphBuilder) => g.floats([8], new Array<number>(8).fill(1))
    const model = classifier((g, maps) => g.op('InstanceNormalization', [maps, scale(g), g.bias(8)]))
    expect(await couplingOf(model)).toBeUndefined()
  })
})
