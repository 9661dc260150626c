import { expect, test } from '@jest/globals'
import { drawImages, selectTestRows } from '../../bench/accuracy/tables.js'
import { markdown, points, share } from '../../bench/shared/table.js'
import { buildTable, type FeatureTable } from '../../src/features/table.js'
import { plainTable } from '../support/plain-table.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'

/** Two views of each image; label and feature as given. */
function tableOf(images: readonly { readonly label: number; readonly feature: number }[]): FeatureTable {
  const rows = images.flatMap(({ label, feature }, image) => {
    const bottleneck = { features: Float32Array.of(feature), logits: Float32Array.of(0, feature) }
    return [
      { bottleneck, label, image },
      { bottleneck, label, image },
    ]
  })
  return buildTable(rows, rows.length, 1)
}

test('a draw takes whole images, as many of each class as asked for, the same for the same seed', () => {
  const images = Array.from({ length: 20 }, (_, i) => ({ label: i % 2, feature: i }))
  const classes = ['a', 'b'].map((label) => ({ folder: label, label, images: 10 }))
  const whole: IncrementFeatures = {
    increment: { name: 'test', classes },
    table: tableOf(images),
  }
  const drawn = drawImages(whole, (label) => (label === 0 ? 3 : 1), 7)
  expect(drawn.increment.classes.map(({ images: count }) => count)).toEqual([3, 1])
  expect(drawn.table.count).toBe(2 * (3 + 1))
  expect([...drawn.table.label].filter((label) => label === 0).length).toBe(2 * 3)
  const draw = (seed: number) => plainTable(drawImages(whole, () => 3, seed).table)
  expect(draw(7)).toEqual(draw(7))
  expect(draw(8).features).not.toEqual(draw(7).features)
})

test('tables are aligned Markdown', () => {
  const text = markdown({
    title: 'T',
    columns: ['method', 'H'],
    rows: [
      ['a', share(0.5)],
      ['bb', share(1)],
    ],
  })
  expect(text.split('\n').slice(2, 6)).toEqual([
    '| method |     H |',
    '|--------|------:|',
    '| a      |  .500 |',
    '| bb     | 1.000 |',
  ])
  expect(points(-0.0125)).toBe('-1.3 pt')
})

test('some images of a test set come with all that is known of them', () => {
  const set = {
    name: 'test',
    files: ['a', 'b', 'c'],
    count: 3,
    dim: 1,
    features: Float32Array.of(1, 2, 3),
    layers: Float32Array.of(1, 10, 2, 20, 3, 30),
    oldClasses: 2,
    baseLogits: Float32Array.of(0, 1, 0, 2, 0, 3),
    label: Int32Array.of(5, 6, 7),
  }
  expect(selectTestRows(set, (row) => row !== 1)).toEqual({
    ...set,
    files: ['a', 'c'],
    count: 2,
    features: Float32Array.of(1, 3),
    layers: Float32Array.of(1, 10, 3, 30),
    baseLogits: Float32Array.of(0, 1, 0, 3),
    label: Int32Array.of(5, 7),
  })
})
