import { describe, expect, test } from '@jest/globals'
import { noOldTarget } from '../../src/features/table.js'
import { bottleneckOnly, pseudoRehearsal } from '../../src/rehearsal/pseudo-rehearsal.js'
import { plainTable } from '../support/plain-table.js'
import { baseClasses, dim, featuresOf, imagesOf, baseHead, oldLogits, size, taps } from '../support/tiny-world.js'

/** Features up to about 8 as half floats, times weights of 3. */
const tolerance = 0.02

const added = imagesOf({ directions: [3, 4, 5], seed: 1 })
const made = pseudoRehearsal(added, baseHead, 1)

describe('pseudoRehearsal', () => {
  test('makes bottlenecks as a ReLU leaves them, and no other features', () => {
    expect([made.dim, featuresOf(made).length]).toEqual([dim, made.count])
    for (const features of featuresOf(made)) {
      expect(features.slice(0, taps)).toEqual([0, 0])
      expect(features.every((value) => value >= 0 && Number.isFinite(value))).toBe(true)
    }
  })

  test('says of every row what the old head says of its features', () => {
    featuresOf(made).forEach((features, row) => {
      const logits = oldLogits(features)
      const sum = logits.reduce((total, z) => total + Math.exp(z), 0)
      expect(Math.abs(made.oldLogSumExp[row]! - Math.log(sum))).toBeLessThan(tolerance)
      expect(Math.abs(made.oldBest[row]! - Math.max(...logits))).toBeLessThan(tolerance)
      expect(logits[made.oldClass[row]!]!).toBeGreaterThan(Math.max(...logits) - tolerance)
    })
    expect(made.label).toEqual(made.oldClass)
    expect(new Set(made.oldTarget)).toEqual(new Set([Math.fround(noOldTarget)]))
    expect(new Set(made.image).size).toBe(made.count)
  })

  test('looks more like old images than the new ones do: every old class has its share', () => {
    const counts = new Array<number>(baseClasses).fill(0)
    for (const label of made.label) counts[label]!++
    for (const count of counts) expect(count).toBeGreaterThan((0.7 * made.count) / baseClasses)
    const mean = (scores: Float32Array) => scores.reduce((sum, score) => sum + score / scores.length, 0)
    expect(mean(made.oldLogSumExp)).toBeGreaterThan(mean(added.oldLogSumExp) + 1)
  })

  test('stays finite where no direction leads towards a class', () => {
    const weights = [3, 1, -2, 0, 1, 0, 2, 1]
    const kernel = Float32Array.of(...weights, ...weights.map((one) => -one), ...weights.map(() => 0))
    const table = pseudoRehearsal(added, { size, kernel, bias: new Float32Array(3) }, 1)
    expect(table.oldBest.every(Number.isFinite)).toBe(true)
    expect(featuresOf(table).flat().every(Number.isFinite)).toBe(true)
  })

  test('reads no more than a block of rows at once', () => {
    const { features } = added
    const blocks: number[] = []
    const copy: typeof features.copy = (start, end, target) => {
      blocks.push(end - start)
      features.copy(start, end, target)
    }
    const read = pseudoRehearsal({ ...added, features: { ...features, copy } }, baseHead, 1)
    expect(plainTable(read)).toEqual(plainTable(made))
    // Twice all rows, and then one by one those that were drawn.
    expect(blocks).toEqual([added.count, added.count, ...Array.from({ length: made.count }, () => 1)])
  })

  test('follows from the seed', () => {
    expect(plainTable(pseudoRehearsal(added, baseHead, 1))).toEqual(plainTable(made))
    expect(plainTable(pseudoRehearsal(added, baseHead, 2)).features).not.toEqual(plainTable(made).features)
  })
})

test('bottleneckOnly leaves nothing but the last columns', () => {
  const cut = bottleneckOnly(added, size)
  featuresOf(cut).forEach((features, row) => {
    expect(features).toEqual([0, 0, ...featuresOf(added)[row]!.slice(taps)])
  })
  expect({ ...cut, features: added.features }).toEqual(added)
})
