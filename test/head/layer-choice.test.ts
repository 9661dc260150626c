import { describe, expect, test } from '@jest/globals'
import type { Layer } from '../../src/features/layers.js'
import { layerChoices, namedLayers, type LayerChoice } from '../../src/head/layer-choice.js'

const layer = (name: string, size: number, byDefault: boolean, cells = 1): Layer => ({ name, size, cells, byDefault })
const layers = [
  layer('6c', 10, true),
  layer('6e', 10, true),
  layer('7b', 30, true),
  layer('bottleneck', 50, true),
  layer('6d', 5, false),
  layer('6e:4x4', 160, false, 4),
]

/** The squared length of a row whose features have deviation 1. */
function lengthOf({ layers: chosen }: LayerChoice): number {
  return chosen.reduce((sum, { start, end, scale }) => sum + (end - start) * scale ** 2, 0)
}

describe('the choices of layers', () => {
  const [usual, all, layout] = layerChoices(layers) as [LayerChoice, LayerChoice, LayerChoice]

  test('are the default ones, all averages, and a layout with what is deeper than it held small', () => {
    expect([usual, all, layout].map(({ name }) => name)).toEqual(['default', 'all', 'layout'])
    expect(usual.layers.map(({ name }) => name)).toEqual(['6c', '6e', '7b', 'bottleneck'])
    expect(all.layers.map(({ name }) => name)).toEqual(['6c', '6e', '7b', 'bottleneck', '6d'])
    expect(layout.layers.map(({ name }) => name)).toEqual(['6c', '6e', '7b', 'bottleneck', '6e:4x4'])
    const share = layout.layers.map(({ scale }) => scale / layout.layers[0]!.scale)
    expect(share.map((one) => Number(one.toFixed(6)))).toEqual([1, 1, 0.15, 0.15, 1])
  })

  test('make rows of one length', () => {
    for (const choice of [usual, all, layout]) expect(lengthOf(choice)).toBeCloseTo(100, 10)
    expect(usual.layers.every(({ scale }) => scale === 1)).toBe(true)
  })

  test('name the columns and the tensors of the layers', () => {
    const places = layout.layers.map(({ start, end, tensor }) => [start, end, tensor])
    expect(places).toEqual([
      [0, 10, 'nplusk/tap0'],
      [10, 20, 'nplusk/tap1'],
      [20, 50, 'nplusk/tap2'],
      [50, 100, 'nplusk/tap3'],
      [105, 265, 'nplusk/further1'],
    ])
  })

  test('are the default alone where nothing else is offered', () => {
    expect(layerChoices(layers.slice(0, 4)).map(({ name }) => name)).toEqual(['default'])
  })
})

test('named layers count alike', () => {
  const { name, layers: chosen } = namedLayers(layers, ['6d', '6c'])
  expect(name).toBe('6d,6c')
  expect(chosen.map((one) => one.name)).toEqual(['6c', '6d'])
  expect(chosen[0]!.scale).toBe(chosen[1]!.scale)
  expect(lengthOf(namedLayers(layers, ['6d', '6c']))).toBeCloseTo(100, 10)
})
