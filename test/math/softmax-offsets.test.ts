import { describe, expect, test } from '@jest/globals'
import { createRandom } from '../../src/math/random.js'
import { softmaxOffsets, type OffsetProblem } from '../../src/math/softmax-offsets.js'

const random = createRandom('offsets')

/** Rows for a reference outcome and some others; an outcome is right more often where its margin is larger. */
function problemOf(outcomes: number, rows: number, restraint: number): OffsetProblem {
  const target = Int32Array.from({ length: rows }, () => random.integer(outcomes + 1) - 1)
  return {
    margins: Float64Array.from({ length: rows * outcomes }, (_, i) => {
      const isOwn = target[Math.floor(i / outcomes)] === i % outcomes
      return 2 * random.normal() + (isOwn ? 1 : -2) - (i % outcomes)
    }),
    target,
    weight: Float64Array.from({ length: rows }, () => random.next() / rows),
    anchor: Float64Array.from({ length: outcomes }, () => random.normal()),
    restraint: new Float64Array(outcomes).fill(restraint),
  }
}

function loss({ margins, target, weight, anchor, restraint }: OffsetProblem, offsets: Float64Array): number {
  const m = offsets.length
  let sum = 0
  target.forEach((right, row) => {
    const logits = [0, ...offsets.map((offset, t) => margins[row * m + t]! + offset)]
    const all = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0))
    sum += weight[row]! * (all - logits[right + 1]!)
  })
  return offsets.reduce((total, offset, t) => total + (restraint[t]! / 2) * (offset - anchor[t]!) ** 2, sum)
}

describe('softmaxOffsets', () => {
  test.each([
    [1, 1e-6],
    [3, 1e-6],
    [8, 1e-3],
  ])('of %d outcomes lie where the loss, restraint included, is least', (outcomes, restraint) => {
    const problem = problemOf(outcomes, 300, restraint)
    const offsets = softmaxOffsets(problem)
    const least = loss(problem, offsets)
    for (let t = 0; t < outcomes; t++) {
      for (const step of [-1, -1e-2, -1e-3, 1e-3, 1e-2, 1]) {
        expect(
          loss(
            problem,
            offsets.map((offset, u) => (u === t ? offset + step : offset)),
          ),
        ).toBeGreaterThan(least)
      }
      // The slope, as a difference quotient.
      const [up, down] = [1e-5, -1e-5].map((step) =>
        loss(
          problem,
          offsets.map((offset, u) => (u === t ? offset + step : offset)),
        ),
      )
      expect(Math.abs(up! - down!) / 2e-5).toBeLessThan(1e-8)
    }
  })

  test('gets there from far away, over ground that is all but flat', () => {
    const problem = problemOf(2, 200, 1e-9)
    const near = softmaxOffsets({ ...problem, anchor: new Float64Array(2) })
    const far = softmaxOffsets({ ...problem, anchor: Float64Array.of(40, -40) })
    far.forEach((offset, t) => expect(offset).toBeCloseTo(near[t]!, 4))
  })

  test('stay at the anchor where no row says anything', () => {
    const none = { ...problemOf(2, 0, 1e-6), anchor: Float64Array.of(1, -2) }
    expect([...softmaxOffsets(none)]).toEqual([1, -2])
  })

  test('leave what they are given as it is', () => {
    const problem = problemOf(2, 50, 1e-3)
    const anchor = [...problem.anchor]
    softmaxOffsets(problem)
    expect([...problem.anchor]).toEqual(anchor)
  })
})
