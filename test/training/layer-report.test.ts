import { expect, test } from '@jest/globals'
import type { LayerChoiceRecord, Manifest } from '../../src/bundle/manifest.js'
import { layerReports } from '../../src/training/layer-report.js'
import { layers } from '../support/layered-images.js'

const usual = ['late', 'bottleneck']
const all = ['late', 'bottleneck', 'middle']

/** Increments of a bundle, each of classes with some labels and a head that reads some layers. */
function reported(
  increments: readonly { readonly labels: readonly string[]; readonly layers?: readonly string[] }[],
  layerChoices?: readonly (LayerChoiceRecord | null)[],
) {
  const manifest = {
    increments: increments.map(({ labels, layers }, i) => ({
      name: `increment ${i}`,
      classes: labels.map((label) => ({ folder: label, label, images: 20 })),
      ...(layers ? { layers } : {}),
    })),
    training: layerChoices ? { layerChoices } : {},
  }
  return layerReports(manifest as unknown as Manifest, { layers: [...layers] })
}

const choice = (taken: string): LayerChoiceRecord => ({
  taken,
  tried: [
    { name: 'default', loss: 0.5 },
    { name: 'all', loss: 0.4 },
  ],
})

test('each increment that has columns tells what its head reads, and what that was chosen by', () => {
  const increments = [
    { labels: ['rose'] },
    // The class grew, and has its column above.
    { labels: ['rose'] },
    { labels: ['wren', 'rose'], layers: all },
  ]
  expect(reported(increments, [choice('default'), null, choice('all')])).toEqual([
    { increment: 'increment 0', taken: 'default', read: usual, tried: choice('default').tried },
    { increment: 'increment 2', taken: 'all', read: all, tried: choice('all').tried },
  ])
})

test('where nothing was chosen, heads read what was asked for, or the usual layers', () => {
  const increments = [{ labels: ['rose'] }, { labels: ['wren'], layers: ['middle', 'late:4x4'] }]
  const expected = [
    { increment: 'increment 0', taken: 'default', read: usual, tried: [] },
    { increment: 'increment 1', taken: 'middle,late:4x4', read: ['middle', 'late:4x4'], tried: [] },
  ]
  expect(reported(increments)).toEqual(expected)
  expect(reported(increments, [null, null])).toEqual(expected)
  expect(reported([])).toEqual([])
})
