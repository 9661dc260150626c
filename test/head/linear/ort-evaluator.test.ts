import { describe, expect, test } from '@jest/globals'
import { openOrtEvaluator } from '../../../src/head/linear/ort-evaluator.js'
import { standardiseSet, type StandardisedSet } from '../../../src/head/standardised-set.js'
import type { GroupParameters } from '../../../src/head/linear/types.js'
import { concat } from '../../../src/math/concat.js'
import { createRandom } from '../../../src/math/random.js'
import type { FeatureSource } from '../../../src/head/feature-source.js'
import { jointSoftmax, jointSoftmaxOfGroups } from './joint-softmax.js'
import { asItIs, featureRows, inGroups, randomSet, soleFeatures } from '../random-set.js'
import type { TrainingSet } from '../../../src/head/training-set.js'

/** Of a value in float32, as a share of the largest of its kind. */
const tolerance = 2e-6

/** Small enough that a softmax keeps several classes alive. */
function randomPoints({ groups }: TrainingSet, seed: number): GroupParameters[] {
  const random = createRandom(`point:${seed}`)
  return groups.map(({ columns, features: { dim } }) => ({
    weight: Float32Array.from({ length: dim * columns }, () => 0.2 * random.normal()),
    bias: Float32Array.from({ length: columns }, () => 2 + random.normal()),
  }))
}

function randomPoint(set: TrainingSet, seed: number): GroupParameters {
  return randomPoints(set, seed)[0]!
}

function randomWeights({ target }: TrainingSet, seed: number): Float32Array {
  const random = createRandom(`weights:${seed}`)
  return Float32Array.from(target, () => (random.next() < 0.2 ? 0 : random.next()))
}

/**
 * Loss and gradients of several problems.
 *
 * @param problems the parameters of each, by group
 */
async function evaluateGroups(
  set: StandardisedSet,
  problems: readonly (readonly GroupParameters[])[],
  rowWeights: readonly Float32Array[],
): Promise<{ readonly loss: number[]; readonly groups: readonly { weight: number[]; bias: number[] }[] }> {
  await using evaluator = await openOrtEvaluator(set)
  const joined = (g: number, part: keyof GroupParameters) =>
    concat(
      Float32Array,
      problems.map((groups) => groups[g]![part]),
    )
  const { loss, groups } = await evaluator.evaluate(
    set.groups.map((_, g) => ({ weight: joined(g, 'weight'), bias: joined(g, 'bias') })),
    Float32Array.from(
      { length: set.target.length * problems.length },
      (_, i) => rowWeights[i % problems.length]![Math.floor(i / problems.length)]!,
    ),
  )
  return { loss: [...loss], groups: groups.map(({ weight, bias }) => ({ weight: [...weight], bias: [...bias] })) }
}

/** The same of a set of one group, by default as it is. */
async function evaluate(
  set: TrainingSet,
  points: readonly GroupParameters[],
  rowWeights: readonly Float32Array[],
  standardised = asItIs(set),
) {
  const problems = points.map((point) => [point])
  const { loss, groups } = await evaluateGroups(standardised, problems, rowWeights)
  expect(groups).toHaveLength(1)
  return { loss, ...groups[0]! }
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance * largest))
}

/** Rows that are new, old, and new of a class that is merged into an old one. */
const set = randomSet({ classes: 3, dim: 5, images: 20, old: 30, merged: true })

describe('openOrtEvaluator', () => {
  test('agrees with the joint softmax in float64, merged rows included', async () => {
    const point = randomPoint(set, 1)
    const rowWeight = randomWeights(set, 1)
    const expected = jointSoftmax(set, await featureRows(set), point.weight, point.bias, rowWeight)
    const actual = await evaluate(set, [point], [rowWeight])
    expectClose(actual.loss, [expected.loss])
    expectClose(actual.weight, expected.weight)
    expectClose(actual.bias, expected.bias)
  })

  test('the head is one of standardised features, while features are raw', async () => {
    const standardised = await standardiseSet(set)
    const { mean, inverseDeviation } = standardised.groups[0]!.standardisation
    const rows = (await featureRows(set)).map((row) => row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!))
    const points = [1, 2].map((seed) => randomPoint(set, seed))
    const weights = [1, 2].map((seed) => randomWeights(set, seed))
    const actual = await evaluate(set, points, weights, standardised)
    const expected = points.map(({ weight, bias }, p) => jointSoftmax(set, rows, weight, bias, weights[p]!))
    expectClose(
      actual.loss,
      expected.map(({ loss }) => loss),
    )
    expectClose(
      actual.weight,
      expected.flatMap(({ weight }) => weight),
    )
    expectClose(
      actual.bias,
      expected.flatMap(({ bias }) => bias),
    )
  })

  test('a class of its own, and no old images', async () => {
    const alone = randomSet({ classes: 1, dim: 2, images: 4, old: 0 })
    const point = randomPoint(alone, 2)
    const rowWeight = new Float32Array(4).fill(0.25)
    const expected = jointSoftmax(alone, await featureRows(alone), point.weight, point.bias, rowWeight)
    const actual = await evaluate(alone, [point], [rowWeight])
    expectClose(actual.loss, [expected.loss])
    expectClose(actual.weight, expected.weight)
  })

  test('the gradient is the slope of the float64 loss (finite differences)', async () => {
    const { weight, bias } = randomPoint(set, 3)
    const rows = await featureRows(set)
    const rowWeight = randomWeights(set, 3)
    const gradient = await evaluate(set, [{ weight, bias }], [rowWeight])
    const step = 1e-5
    const slope = (w: Float64Array, b: Float64Array, parameters: Float64Array, i: number) => {
      const value = parameters[i]!
      parameters[i] = value + step
      const above = jointSoftmax(set, rows, w, b, rowWeight).loss
      parameters[i] = value - step
      const below = jointSoftmax(set, rows, w, b, rowWeight).loss
      parameters[i] = value
      return (above - below) / (2 * step)
    }
    const w = Float64Array.from(weight)
    const b = Float64Array.from(bias)
    expectClose(
      gradient.weight,
      Array.from(w, (_, i) => slope(w, b, w, i)),
    )
    expectClose(
      gradient.bias,
      Array.from(b, (_, i) => slope(w, b, b, i)),
    )
  })

  test('several problems in one pass are as good as one after the other', async () => {
    const points = [1, 2, 3].map((seed) => randomPoint(set, seed))
    const weights = [1, 2, 3].map((seed) => randomWeights(set, seed))
    const together = await evaluate(set, points, weights)
    const { dim } = soleFeatures(set)
    for (let p = 0; p < 3; p++) {
      const alone = await evaluate(set, [points[p]!], [weights[p]!])
      expectClose([together.loss[p]!], [alone.loss[0]!])
      expectClose(together.weight.slice(p * 3 * dim, (p + 1) * 3 * dim), [...alone.weight])
      expectClose(together.bias.slice(p * 3, p * 3 + 3), [...alone.bias])
    }
  })

  test('adds up blocks, each read once', async () => {
    const large = randomSet({ classes: 2, dim: 3, images: 2000, old: 1500, merged: true })
    const read: [number, number][] = []
    const features = soleFeatures(large)
    const watched: FeatureSource = {
      ...features,
      read(start, end) {
        read.push([start, end])
        return features.read(start, end)
      },
    }
    const point = randomPoint(large, 5)
    const rowWeight = randomWeights(large, 5)
    const actual = await evaluate(inGroups(large, [{ columns: 2, features: watched }]), [point], [rowWeight])
    expect(read.length).toBeGreaterThan(1)
    expect(read[0]![0]).toBe(0)
    expect(read.at(-1)![1]).toBe(5500)
    read.slice(1).forEach(([start], i) => expect(start).toBe(read[i]![1]))
    const expected = jointSoftmax(large, await featureRows(large), point.weight, point.bias, rowWeight)
    expectClose(actual.loss, [expected.loss])
    expectClose(actual.weight, expected.weight)
    expectClose(actual.bias, expected.bias)
  })

  test('stays finite where scores are far apart', async () => {
    const { weight } = randomPoint(set, 6)
    const far = { weight: weight.map((w) => 1000 * w), bias: Float32Array.of(500, -500, 0) }
    const { loss, weight: gradient } = await evaluate(set, [far], [randomWeights(set, 6)])
    expect(Number.isFinite(loss[0])).toBe(true)
    expect(gradient.every(Number.isFinite)).toBe(true)
  })

  test('rows of weight 0 do not count', async () => {
    const point = randomPoint(set, 7)
    const { loss, weight, bias } = await evaluate(set, [point], [new Float32Array(set.target.length)])
    expect(loss[0]).toBe(0)
    expect(weight.every((w) => w === 0)).toBe(true)
    expect(bias.every((b) => b === 0)).toBe(true)
  })
})

describe('columns that read different features', () => {
  const five = { classes: 5, images: 8, old: 20, merged: true }
  const wide = soleFeatures(randomSet({ ...five, dim: 7 }))
  const whole = randomSet({ ...five, dim: 4, seed: 2 })
  const narrow = soleFeatures(whole)

  test.each([
    ['two groups', [3, 2], [wide, narrow]],
    ['three, the outer ones of the same features', [1, 3, 1], [narrow, wide, narrow]],
    ['three, the last two of the same features', [2, 2, 1], [wide, narrow, narrow]],
  ])('loss and gradients are those of float64, of several problems: %s', async (_, columns, sources) => {
    const set = inGroups(
      whole,
      columns.map((one, g) => ({ columns: one, features: sources[g]! })),
    )
    const standardised = await standardiseSet(set)
    const rows = await Promise.all(
      standardised.groups.map(async ({ standardisation: { mean, inverseDeviation } }, g) =>
        (await featureRows(set, g)).map((row) => row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!)),
      ),
    )
    const problems = [1, 2].map((seed) => randomPoints(set, seed))
    const weights = [1, 2].map((seed) => randomWeights(set, seed))
    const actual = await evaluateGroups(standardised, problems, weights)
    const expected = problems.map((points, p) =>
      jointSoftmaxOfGroups(
        set,
        points.map((point, g) => ({ ...point, rows: rows[g]! })),
        weights[p]!,
      ),
    )
    expectClose(
      actual.loss,
      expected.map(({ loss }) => loss),
    )
    expect(actual.groups).toHaveLength(columns.length)
    for (const [g, { weight, bias }] of actual.groups.entries()) {
      for (const [part, found] of Object.entries({ weight, bias })) {
        expectClose(
          found,
          expected.flatMap(({ groups }) => groups[g]![part as 'weight' | 'bias']),
        )
      }
    }
  })

  test('groups that share their features are as good as one', async () => {
    const split = inGroups(
      whole,
      [2, 1, 2].map((columns) => ({ columns, features: narrow })),
    )
    const point = randomPoint(whole, 3)
    const { dim } = narrow
    const parts = [
      [0, 2],
      [2, 3],
      [3, 5],
    ].map(([start, end]) => ({
      weight: point.weight.slice(start! * dim, end! * dim),
      bias: point.bias.slice(start, end),
    }))
    const rowWeight = randomWeights(whole, 3)
    const one = await evaluate(whole, [point], [rowWeight])
    const three = await evaluateGroups(asItIs(split), [parts], [rowWeight])
    expectClose(three.loss, one.loss)
    expectClose(
      three.groups.flatMap(({ weight }) => weight),
      one.weight,
    )
    expectClose(
      three.groups.flatMap(({ bias }) => bias),
      one.bias,
    )
  })

  test('each reads its own blocks of rows', async () => {
    const large = { classes: 2, images: 2500, old: 500 }
    const one = randomSet({ ...large, dim: 3 })
    const other = soleFeatures(randomSet({ ...large, dim: 2, seed: 2 }))
    const set = inGroups(one, [
      { columns: 1, features: soleFeatures(one) },
      { columns: 1, features: other },
    ])
    const points = randomPoints(set, 4)
    const rowWeight = randomWeights(set, 4)
    const rows = [await featureRows(set, 0), await featureRows(set, 1)]
    const expected = jointSoftmaxOfGroups(
      set,
      points.map((point, g) => ({ ...point, rows: rows[g]! })),
      rowWeight,
    )
    const actual = await evaluateGroups(asItIs(set), [points], [rowWeight])
    expectClose(actual.loss, [expected.loss])
    for (const [g, { weight, bias }] of actual.groups.entries()) {
      expectClose(weight, expected.groups[g]!.weight)
      expectClose(bias, expected.groups[g]!.bias)
    }
  })
})
