import { expect, test } from '@jest/globals'
import { blockOf, describeLayers, sizeOfLayers, usualLayers, wholeLayer } from '../../src/features/layers.js'
import type { Feature } from '../../src/locate/locate.js'

const layer = (tensor: string, size: number, cells?: number): Feature => ({
  tensor,
  size,
  axes: [2, 3],
  channelAxis: 1,
  ...(cells ? { grid: { cells, kernel: [2, 2], stride: [2, 2] } } : {}),
})
const bottleneck = layer('net/pool/out', 8)

test('layers are named by what tells them apart, the grid by its cells', () => {
  const taps = [layer('net/Mixed_6e/concat', 4), layer('net/Mixed_7a/concat', 6), bottleneck]
  const further = [layer('net/Mixed_5d/concat', 3), layer('net/Mixed_6e/concat', 64, 4)]
  const layers = describeLayers(taps, further)
  expect(layers).toEqual([
    { name: 'Mixed_6e', size: 4, cells: 1, byDefault: true },
    { name: 'Mixed_7a', size: 6, cells: 1, byDefault: true },
    { name: 'bottleneck', size: 8, cells: 1, byDefault: true },
    { name: 'Mixed_5d', size: 3, cells: 1, byDefault: false },
    { name: 'Mixed_6e:4x4', size: 64, cells: 4, byDefault: false },
  ])
  expect(layers.map(blockOf)).toEqual(['Mixed_6e', 'Mixed_7a', 'bottleneck', 'Mixed_5d', 'Mixed_6e'])
  expect(sizeOfLayers(layers)).toBe(85)
})

test.each([
  ['names without parts', ['t1', 't20'], ['t1', 't20']],
  ['names of different depth', ['a/b/x', 'a/c'], ['b/x', 'c']],
  ['a single name', ['a/b/x'], ['x']],
])('%s', (_, tensors, names) => {
  const taps = [...tensors.map((tensor) => layer(tensor, 2)), bottleneck]
  expect(describeLayers(taps, []).map(({ name }) => name)).toEqual([...names, 'bottleneck'])
})

test.each([
  ['the name of the bottleneck', ['bottleneck', 'b'], ['bottleneck#2', 'b']],
  ['the name of a grid', ['b:4x4', 'b'], ['b:4x4#2', 'b']],
  ['an empty one beside the same with a number', ['a/#2', 'a/'], ['#2', '#3']],
])('no two layers have one name: %s', (_, tensors, names) => {
  const taps = [...tensors.map((tensor) => layer(tensor, 2)), bottleneck]
  const layers = describeLayers(taps, [layer(tensors[1]!, 32, 4)])
  expect(layers.map(({ name }) => name)).toEqual([...names, 'bottleneck', `${names[1]!}:4x4`])
})

test('a backbone without taps has its bottleneck alone, one of which no parts are known a single layer', () => {
  expect(describeLayers([bottleneck], []).map(({ name }) => name)).toEqual(['bottleneck'])
  expect(wholeLayer(12)).toEqual([{ name: 'features', size: 12, cells: 1, byDefault: true }])
})

test('the usual layers are those that are read by default, in their order', () => {
  const layers = [
    { name: '6e', size: 2, cells: 1, byDefault: true },
    { name: 'bottleneck', size: 2, cells: 1, byDefault: true },
    { name: '6d', size: 2, cells: 1, byDefault: false },
  ]
  expect(usualLayers(layers)).toEqual(['6e', 'bottleneck'])
})
