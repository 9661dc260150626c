import { describe, expect, test } from '@jest/globals'
import { jointColumns, join } from '../../bench/accuracy/answers.js'
import type { TestSet } from '../../bench/accuracy/data.js'
import { figuresOf, leakingPairs, type Judged } from '../../bench/accuracy/figures.js'

/** Three old classes and two new ones; every image is one row of logits. */
function judged(old: readonly Row[], added: readonly Row[], leftOut: readonly number[] = []): Judged {
  return { old: part(old), new: part(added), columns: [3, 4], leftOut: new Set(leftOut) }
}

interface Row {
  readonly label: number
  readonly logits: readonly [number, number, number, number, number]
}

function part(rows: readonly Row[]): Judged['old'] {
  const set: TestSet = {
    name: 'test',
    files: rows.map((_, i) => `${i}.jpg`),
    count: rows.length,
    dim: 0,
    features: new Float32Array(0),
    layers: new Float32Array(0),
    oldClasses: 3,
    baseLogits: Float32Array.from(rows.flatMap(({ logits }) => logits.slice(0, 3))),
    label: Int32Array.from(rows, ({ label }) => label),
  }
  const logits = Float32Array.from(rows.flatMap((row) => row.logits))
  return { set, answers: { count: rows.length, width: 5, logits } }
}

describe('figures', () => {
  const old: Row[] = [
    { label: 0, logits: [9, 0, 0, 0, 0] },
    { label: 1, logits: [0, 8, 0, 9, 0] }, // leaks to the first new class
    { label: 2, logits: [0, 9, 8, 0, 0] }, // the base model is wrong already
    { label: 2, logits: [0, 0, 9, 0, 0] },
  ]
  const added: Row[] = [
    { label: 0, logits: [0, 0, 0, 9, 0] },
    { label: 1, logits: [0, 0, 9, 0, 8] }, // missed: an old class keeps it
    { label: 1, logits: [0, 0, 0, 9, 8] }, // the wrong new class
  ]
  const figures = figuresOf(judged(old, added))

  test('accuracy, micro and by class', () => {
    expect(figures.accuracy).toEqual({ old: 2 / 4, new: 1 / 3, all: 3 / 7 })
    expect(figures.macroAccuracy.old).toBeCloseTo((1 + 0 + 1 / 2) / 3, 12)
    expect(figures.macroAccuracy.new).toBeCloseTo((1 + 0) / 2, 12)
    expect(figures.harmonicMean).toBeCloseTo((2 * (2 / 4) * (1 / 3)) / (2 / 4 + 1 / 3), 12)
  })

  test('ceilings look at one side alone', () => {
    expect(figures.ceiling).toEqual({ old: 3 / 4, new: 2 / 3 })
    expect(figures.oldDrop).toBeCloseTo(3 / 4 - 2 / 4, 12)
  })

  test('leak, miss and retention', () => {
    expect(figures.leak).toBe(1 / 4)
    expect(figures.miss).toBe(1 / 3)
    expect(figures.retention).toBe(3 / 4)
    expect(leakingPairs(judged(old, added))).toEqual([
      { truth: 1, answer: 3, count: 1 },
      { truth: 4, answer: 2, count: 1 },
    ])
  })

  test('NLL is that of the joint softmax', () => {
    const one = figuresOf(judged([{ label: 0, logits: [2, 0, 0, 0, 0] }], [{ label: 0, logits: [0, 0, 0, 3, 0] }]))
    expect(one.nll.old).toBeCloseTo(Math.log(Math.exp(2) + 4) - 2, 5)
    expect(one.nll.new).toBeCloseTo(Math.log(Math.exp(3) + 4) - 3, 5)
    // One image, which is right: what its confidence lacks of 1.
    expect(one.ece.old).toBeCloseTo(1 - Math.exp(2) / (Math.exp(2) + 4), 5)
  })

  test('old classes that are left out do not count', () => {
    expect(figuresOf(judged(old, added, [1])).count).toEqual({ old: 3, new: 3 })
    expect(figuresOf(judged(old, added, [1])).leak).toBe(0)
  })
})

describe('joint logits', () => {
  test('a merged column joins its old one by logsumexp, the others follow the old ones', () => {
    const columns = jointColumns(3, new Map([[1, 0]]), 2)
    expect(columns).toEqual([2, 0, 3])
    const { width, logits } = join(Float32Array.of(1, 5), 2, Float32Array.of(7, 2, 9), columns)
    expect(width).toBe(4)
    expect(logits[0]).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(2)), 5)
    expect([...logits.slice(1)]).toEqual([5, 7, 9])
  })

  test('an increment that is merged altogether adds no column', () => {
    expect(join(Float32Array.of(1, 5), 2, Float32Array.of(0), [1]).width).toBe(2)
  })
})
