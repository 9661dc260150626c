import { expect, test } from '@jest/globals'
import { withFrozenHead } from '../../src/head/freeze.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { logSumExp } from '../../src/math/softmax.js'
import { createRandom } from '../../src/math/random.js'
import { addedLogits, dim, featuresOf, imagesOf, oldLogits } from '../support/tiny-world.js'

/** Logits up to about 20 in float32, from features kept as half floats. */
const tolerance = 0.02

const random = createRandom('frozen')
const frozen = new LinearHead({
  dim,
  columns: 2,
  weight: Float32Array.from({ length: dim * 2 }, () => random.normal()),
  bias: Float32Array.of(2, 1),
})
const table = imagesOf({ directions: [0, 1, 3, 4], mergedInto: [undefined, 2], seed: 'freeze' })

test('the logits of a frozen head join the old ones, and so do its answers', async () => {
  const columnClass = [7, 1]
  const joined = await withFrozenHead(table, frozen, columnClass)
  let taken = 0
  featuresOf(table).forEach((features, row) => {
    const old = [...oldLogits(features)]
    const logits = [...old, ...addedLogits(frozen, features)]
    expect(Math.abs(joined.oldLogSumExp[row]! - logSumExp(logits))).toBeLessThan(tolerance)
    // The second column is merged into an old class, whose logit is then that of both.
    if (old.indexOf(Math.max(...old)) === 1) logits[1] = logSumExp([logits[1]!, logits[4]!])
    const best = Math.max(...logits)
    expect(Math.abs(joined.oldBest[row]! - best)).toBeLessThan(tolerance)
    expect(joined.oldClass[row]).toBe([0, 1, 2, ...columnClass][logits.indexOf(best)])
    if (logits.indexOf(best) >= 3) taken++
  })
  expect(taken).toBeGreaterThan(10)
  expect(taken).toBeLessThan(table.count - 10)
  const { oldLogSumExp, oldBest, oldClass } = table
  expect({ ...joined, oldLogSumExp, oldBest, oldClass }).toEqual(table)
})

test('a tie goes to the old class', async () => {
  const [row] = table.oldBest
  const level = new LinearHead({ dim, columns: 1, weight: new Float32Array(dim), bias: Float32Array.of(row!) })
  const joined = await withFrozenHead(table, level, [9])
  expect(joined.oldClass[0]).toBe(table.oldClass[0])
  expect(joined.oldClass).toContain(9)
})
