import { describe, expect, test } from '@jest/globals'
import { classOdds, priorShifts } from '../../src/calibration/prior-shift.js'
import { scarcityOffsets, withOffsets } from '../../src/calibration/scarcity.js'
import { createRandom } from '../../src/math/random.js'
import { logSumExp } from '../../src/math/softmax.js'
import { heldOutAnswers, type Answer } from './answers.js'

const prior = 0.15
const random = createRandom('scarcity')
const normals = (length: number) => Array.from({ length }, () => 2 * random.normal())

/** Images of new classes whose own logits lack some amount, and 300 old ones. */
function imagesOf(counts: readonly number[], lack: (count: number) => number): Answer[] {
  const k = counts.length
  const added = counts.flatMap((count, shows) =>
    Array.from({ length: count }, () => ({
      old: normals(3),
      added: normals(k).map((z, c) => z - lack(counts[c]!) + (c === shows ? 5 : 0)),
      shows,
    })),
  )
  return [...added, ...Array.from({ length: 300 }, () => ({ old: normals(3).map((z) => z + 4), added: normals(k) }))]
}

/** The penalised loss of a slope, written down anew. */
function lossOf(
  some: readonly Answer[],
  shifts: ArrayLike<number>,
  scarcity: readonly number[],
  slope: number,
): number {
  const images = (shows: number | undefined) => some.filter((row) => row.shows === shows).length
  const weightOf = (shows: number | undefined) => (shows === undefined ? 1 : classOdds(prior)) / images(shows)
  const added = some.filter(({ shows }) => shows !== undefined)
  const loss = some.reduce((sum, row) => {
    const z = row.added.map((logit, c) => logit + shifts[c]! + slope * scarcity[c]!)
    const right = row.shows === undefined ? logSumExp(row.old) : z[row.shows]!
    return sum + weightOf(row.shows) * (logSumExp([...row.old, ...z]) - right)
  }, 0)
  const oneImage = added.reduce((sum, { shows }) => sum + weightOf(shows), 0) / added.length
  return loss + (oneImage / 2) * ((slope - 2) / 0.5) ** 2
}

function scarcityOf(counts: readonly number[]): number[] {
  const logs = counts.map(Math.log)
  return logs.map((one) => logs.reduce((sum, other) => sum + other, 0) / logs.length - one)
}

describe('scarcityOffsets', () => {
  test.each([
    { counts: [100, 100, 10], perNat: 0.8 },
    { counts: [80, 40, 20, 10, 5], perNat: 2.5 },
    { counts: [60, 60, 6], perNat: 0 },
  ])('are the least-loss multiple of log n̄ − log n with $counts images', ({ counts, perNat }) => {
    const rows = imagesOf(counts, (count) => perNat * Math.log(100 / count))
    const answers = heldOutAnswers(rows)
    const scarcity = scarcityOf(counts)
    const offsets = scarcityOffsets(answers, counts, prior)
    const slope = offsets[0]! / scarcity[0]!
    offsets.forEach((offset, c) => expect(offset).toBeCloseTo(slope * scarcity[c]!, 9))
    const shifts = priorShifts(answers, prior)
    const least = lossOf(rows, shifts, scarcity, slope)
    for (const step of [-1, -0.1, -0.01, 0.01, 0.1, 1]) {
      expect(lossOf(rows, shifts, scarcity, slope + step)).toBeGreaterThan(least)
    }
  })

  test('are nothing where classes of an increment have as many images, whatever other increments have', () => {
    const counts = [20, 20, 50, 50]
    const answers = heldOutAnswers(
      imagesOf(counts, (count) => 20 / count),
      undefined,
      [0, 0, 1, 1],
    )
    for (const offset of scarcityOffsets(answers, counts, prior)) expect(offset).toBeCloseTo(0, 12)
  })

  test('of a class of a single image follow the slope of the others, else the usual one', () => {
    const counts = [100, 100, 10, 1]
    const offsets = scarcityOffsets(heldOutAnswers(imagesOf(counts, (count) => Math.log(100 / count))), counts, prior)
    const slope = (offsets[2]! - offsets[0]!) / Math.log(10)
    expect(offsets[3]! - offsets[0]!).toBeCloseTo(slope * Math.log(100), 9)
    expect(slope).toBeLessThan(1.7)
    const even = [50, 50, 1]
    const usual = scarcityOffsets(heldOutAnswers(imagesOf(even, () => 0)), even, prior)
    expect(usual[0]).toBeCloseTo(0, 12)
    expect(usual[2]).toBeCloseTo(2 * Math.log(50), 9)
  })

  test('do not go by merged classes', () => {
    const counts = [100, 20, 10]
    const rows = imagesOf(counts, (count) => Math.log(100 / count))
    const merged = new Map([[2, 1]])
    const offsets = scarcityOffsets(heldOutAnswers(rows, merged), counts, prior)
    const unlike = rows.map((row) => (row.shows === 2 ? { ...row, added: [9, 9, -9] } : row))
    expect([...scarcityOffsets(heldOutAnswers(unlike, merged), counts, prior)]).toEqual([...offsets])
    expect(offsets[0]).toBeCloseTo(-offsets[1]!, 9)
  })

  test('are nothing where every class has a single image', () => {
    const rows = imagesOf([1, 1], () => 0)
    expect([...scarcityOffsets(heldOutAnswers(rows), [1, 1], prior)]).toEqual([0, 0])
  })

  test('are found without old images as well', () => {
    const counts = [60, 6]
    const rows = imagesOf(counts, (count) => 2 * Math.log(60 / count)).filter(({ shows }) => shows !== undefined)
    const [first, second] = scarcityOffsets(heldOutAnswers(rows), counts, prior) as unknown as [number, number]
    expect(second - first).toBeGreaterThan(2)
    expect(Number.isFinite(second)).toBe(true)
  })
})

test('withOffsets adds them to the logits of every row', () => {
  const answers = heldOutAnswers(imagesOf([2, 1], () => 0))
  const moved = withOffsets(answers, Float64Array.of(1, -2))
  expect(moved.logits[2]).toBeCloseTo(answers.logits[2]! + 1, 5)
  expect(moved.logits[3]).toBeCloseTo(answers.logits[3]! - 2, 5)
})

test('a class without any image is left as it is', () => {
  const answers = heldOutAnswers(imagesOf([10, 40, 0], () => 0))
  const offsets = scarcityOffsets(answers, [10, 40, 0], prior)
  expect(offsets[2]).toBe(0)
  expect([...offsets].every(Number.isFinite)).toBe(true)
})
