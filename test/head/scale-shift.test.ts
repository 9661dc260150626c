import { expect, test } from '@jest/globals'
import { plainLoss } from '../../src/head/held-out-loss.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { fitScaleShift, scaled } from '../../src/head/scale-shift.js'
import { createRandom } from '../../src/math/random.js'
import { randomSet } from './random-set.js'

const set = randomSet({ classes: 3, dim: 1, images: 30, old: 50, merged: true })
const random = createRandom('scores')
/** Like those of a support vector machine: near 1 at the own class, near −1 elsewhere. */
const scores = Float32Array.from(
  { length: 140 * 3 },
  (_, i) => (set.target[Math.floor(i / 3)] === i % 3 ? 1 : -1) + random.normal(),
)
const weight = rowWeights(set)
const otherwise = { scale: 2, shift: 3 }

test('no other scale and shift nearby has less loss', () => {
  const { scale, shift } = fitScaleShift(set, scores, weight, otherwise)
  const lossAt = (ds: number, db: number) =>
    plainLoss(set, scaled(scores, { scale: scale + ds, shift: shift + db }), weight)
  expect(scale).toBeGreaterThan(0)
  for (const [ds, db] of [
    [0.02, 0],
    [-0.02, 0],
    [0, 0.02],
    [0, -0.02],
    [0.02, -0.02],
    [-0.02, 0.02],
  ] as const)
    expect(lossAt(ds, db)).toBeGreaterThan(lossAt(0, 0))
})

test('scores that go the wrong way are not turned round', () => {
  const { scale, shift } = fitScaleShift(
    set,
    scores.map((score) => -score),
    weight,
    otherwise,
  )
  expect(scale).toBeGreaterThan(0)
  const lossAt = (db: number) => plainLoss(set, scaled(scores, { scale: -scale, shift: shift + db }), weight)
  expect(lossAt(0.02)).toBeGreaterThan(lossAt(0))
  expect(lossAt(-0.02)).toBeGreaterThan(lossAt(0))
})

test('scores in another unit give the same logits', () => {
  const logits = scaled(scores, fitScaleShift(set, scores, weight, otherwise))
  const other = scores.map((score) => 50 * score + 7)
  scaled(other, fitScaleShift(set, other, weight, otherwise)).forEach((value, i) =>
    expect(value).toBeCloseTo(logits[i]!, 3),
  )
})

test('rows of weight 0 do not count', () => {
  const half = weight.map((one, row) => (row % 2 === 0 ? one : 0))
  const wild = scores.map((score, i) => (Math.floor(i / 3) % 2 === 0 ? score : 1e6))
  const expected = fitScaleShift(set, scores, half, otherwise)
  const found = fitScaleShift(set, wild, half, otherwise)
  expect(found.scale).toBeCloseTo(expected.scale, 3)
  expect(found.shift).toBeCloseTo(expected.shift, 3)
})

test('a class of a single image says nothing, and classes of single images alone leave it as it was', () => {
  const images = (wanted: (label: number) => number) => {
    const left = new Map([-1, 0, 1, 2].map((label) => [label, wanted(label)]))
    return weight.map((one, row) => {
      const label = set.target[row]!
      left.set(label, left.get(label)! - 1)
      return left.get(label)! < 0 ? 0 : one
    })
  }
  const some = fitScaleShift(
    set,
    scores,
    images((label) => (label === 2 ? 0 : 20)),
    otherwise,
  )
  expect(
    fitScaleShift(
      set,
      scores,
      images((label) => (label === 2 ? 1 : 20)),
      otherwise,
    ),
  ).toEqual(some)
  expect(
    fitScaleShift(
      set,
      scores,
      images((label) => (label < 0 ? 50 : 1)),
      otherwise,
    ),
  ).toBe(otherwise)
})
