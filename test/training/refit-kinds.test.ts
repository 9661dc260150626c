import { describe, expect, test } from '@jest/globals'
import type { FeatureTable } from '../../src/features/table.js'
import type { AddedHead } from '../../src/head/added-head.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { keptOldImages } from '../../src/rehearsal/kept-old-images.js'
import { madeUpOldImages } from '../../src/rehearsal/made-up-old-images.js'
import { refit, type RefitOptions } from '../../src/training/refit.js'
import { methodOf } from '../../src/training/trainers.js'
import { plainLogits } from '../head/head-logits.js'
import { base, baseHead, featuresOf, imagesOf, oldLogits } from '../support/tiny-world.js'

// All increments at once, by heads of the kinds that refit.test.ts has not.

const increment = (name: string, table: FeatureTable, labels: readonly string[]): IncrementFeatures => ({
  increment: { name, classes: labels.map((label) => ({ folder: label, label, images: 20 })) },
  table,
})
const flowers = increment('flowers', imagesOf({ directions: [3, 4], seed: 'flowers' }), ['rose', 'tulip'])
const birds = increment('birds', imagesOf({ directions: [5], seed: 'birds' }), ['wren'])
const oldImages = keptOldImages(imagesOf({ directions: [0, 1, 2], seed: 'old' }))

/** Share of fresh images of some directions that get the column of their direction, in float64. */
function accuracy(heads: readonly AddedHead[], directions: readonly number[]): number {
  const table = imagesOf({ directions, images: 50, seed: 'fresh' })
  const right = featuresOf(table).filter((features, row) => {
    const logits = [...oldLogits(features), ...heads.flatMap((head) => plainLogits(head, features))]
    return logits.indexOf(Math.max(...logits)) === directions[table.label[row]!]
  })
  return right.length / table.count
}

describe.each(['svm', 'mlp'] as const)('refit of the kind %s', (kind) => {
  const options: RefitOptions = { seed: 1, prior: 0.5, base, method: methodOf('onnxruntime', 'cpu', kind) }

  test('gives every increment its head, beside the old one', async () => {
    const { heads, heldOut, shifts } = await refit([flowers, birds], oldImages, options)
    expect(heads.map((head) => [head.kind, head.columns])).toEqual([
      [kind, 2],
      [kind, 1],
    ])
    expect(accuracy(heads, [0, 1, 2])).toBeGreaterThan(0.95)
    expect(accuracy(heads, [3, 4, 5])).toBeGreaterThan(0.95)
    expect(heldOut.new.top1).toBeGreaterThan(0.95)
    expect(shifts.every(Number.isFinite)).toBe(true)
  })

  test('does so beside frozen heads of another kind, and with old images that are made up', async () => {
    const other = kind === 'svm' ? 'mlp' : 'softmax'
    const before = await refit([flowers], oldImages, { ...options, method: methodOf('onnxruntime', 'cpu', other) })
    const { heads } = await refit([flowers, birds], oldImages, { ...options, frozen: before.heads })
    expect(heads[0]).toBe(before.heads[0])
    expect(heads[1]!.kind).toBe(kind)
    expect(accuracy(heads, [0, 1, 2])).toBeGreaterThan(0.95)
    expect(accuracy(heads, [3, 4, 5])).toBeGreaterThan(0.95)

    const madeUp = await refit([flowers], madeUpOldImages(baseHead, 1), options)
    expect(accuracy(madeUp.heads, [3, 4])).toBeGreaterThan(0.9)
    expect(accuracy(madeUp.heads, [0, 1, 2])).toBeGreaterThan(0.9)
  })
})
