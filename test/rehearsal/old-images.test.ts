import { describe, expect, test } from '@jest/globals'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { pickRows } from '../../src/features/table.js'
import { keptOldImages } from '../../src/rehearsal/kept-old-images.js'
import { madeUpOldImages } from '../../src/rehearsal/made-up-old-images.js'
import { bottleneckOnly, pseudoProbe, pseudoRehearsal } from '../../src/rehearsal/pseudo-rehearsal.js'
import { plainTable } from '../support/plain-table.js'
import { addedLogits, baseHead, dim, featuresOf, imagesOf, size } from '../support/tiny-world.js'

const added = imagesOf({ directions: [3, 4], seed: 'added' })
const head = new LinearHead({
  dim,
  columns: 2,
  weight: Float32Array.from({ length: dim * 2 }, (_, i) => (i % 3) - 0.5),
  bias: Float32Array.of(1, 0),
})

describe('kept old images', () => {
  const table = imagesOf({ directions: [0, 1, 2], seed: 'old' })
  const kept = keptOldImages(table)

  test('are rehearsed as they are, beside new ones as they are', () => {
    expect(kept.rehearsed(() => added)).toBe(table)
    expect(kept.restricted(added)).toBe(added)
    expect(kept.areWhole).toBe(true)
  })

  test('are as good as any for calibration', async () => {
    expect(await kept.probe(added, head, new Set())).toBeUndefined()
    expect(kept.defaultMaxOldDrop).toBe(0.01)
  })
})

describe('made-up old images', () => {
  const madeUp = madeUpOldImages(baseHead, 7)

  test('come from the new ones, and leave only the bottleneck to go by', () => {
    expect(plainTable(madeUp.rehearsed(() => added))).toEqual(plainTable(pseudoRehearsal(added, baseHead, 7)))
    expect(plainTable(madeUp.restricted(added))).toEqual(plainTable(bottleneckOnly(added, size)))
    expect(madeUp.areWhole).toBe(false)
  })

  test('calibration goes by others, those of merged classes left out', async () => {
    const probe = pseudoProbe(added, baseHead, 7)
    const rows = [...probe.label.keys()].filter((row) => probe.label[row] !== 1)
    const expected = featuresOf(pickRows(probe, rows)).map(
      (features, i) => Math.max(...addedLogits(head, features)) - probe.oldBest[rows[i]!]!,
    )
    const margins = await madeUp.probe(added, head, new Set([1]))
    expect(margins).toHaveLength(rows.length)
    margins!.forEach((margin, i) => expect(margin).toBeCloseTo(expected[i]!, 4))
    expect(rows.length).toBeLessThan(probe.count)
  })

  test('no limit is held by them unless one is asked for', () => {
    expect(madeUp.defaultMaxOldDrop).toBeUndefined()
  })

  test('cannot be made of a single old class', () => {
    const one = { size, kernel: baseHead.kernel.subarray(0, size), bias: baseHead.bias.subarray(0, 1) }
    expect(() => madeUpOldImages(one, 0)).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        message:
          'There are no old images to rehearse with, and one old class is too few to make them up from the head.',
        remedy: { kind: 'give-old-images' },
      }),
    )
  })

  test('cannot be made without the head’s weights', () => {
    expect(() => madeUpOldImages(undefined, 0)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', remedy: { kind: 'give-old-images' } }),
    )
  })
})
