import { describe, expect, test } from '@jest/globals'
import { openOrtEvaluator } from '../../../src/head/linear/ort-evaluator.js'
import { standardise, identityStandardisation } from '../../../src/head/standardise.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import type { LossAndGradient } from '../../../src/head/linear/types.js'
import { concat } from '../../../src/math/concat.js'
import { createRandom } from '../../../src/math/random.js'
import { jointSoftmax } from './joint-softmax.js'
import { featureRows, randomSet } from '../random-set.js'
import type { TrainingSet } from '../../../src/head/training-set.js'

/** Of a value in float32, as a share of the largest of its kind. */
const tolerance = 2e-6

interface Point {
  readonly weight: Float32Array
  readonly bias: Float32Array
}

/** Small enough that a softmax keeps several classes alive. */
function randomPoint({ classes, features }: TrainingSet, seed: number): Point {
  const random = createRandom(`point:${seed}`)
  return {
    weight: Float32Array.from({ length: features.dim * classes }, () => 0.2 * random.normal()),
    bias: Float32Array.from({ length: classes }, () => 2 + random.normal()),
  }
}

function randomWeights({ features }: TrainingSet, seed: number): Float32Array {
  const random = createRandom(`weights:${seed}`)
  return Float32Array.from({ length: features.count }, () => (random.next() < 0.2 ? 0 : random.next()))
}

async function evaluate(
  set: TrainingSet,
  points: readonly Point[],
  rowWeights: readonly Float32Array[],
  standardisation = identityStandardisation(set.features.dim, 1),
): Promise<LossAndGradient> {
  await using evaluator = await openOrtEvaluator(set, standardisation)
  return await evaluator.evaluate(
    concat(
      Float32Array,
      points.map(({ weight }) => weight),
    ),
    concat(
      Float32Array,
      points.map(({ bias }) => bias),
    ),
    Float32Array.from(
      { length: set.features.count * points.length },
      (_, i) => rowWeights[i % points.length]![Math.floor(i / points.length)]!,
    ),
  )
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
    const standardisation = await standardise(set.features, rowWeights(set))
    const { mean, inverseDeviation } = standardisation
    const rows = (await featureRows(set)).map((row) => row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!))
    const points = [1, 2].map((seed) => randomPoint(set, seed))
    const weights = [1, 2].map((seed) => randomWeights(set, seed))
    const actual = await evaluate(set, points, weights, standardisation)
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
    const { dim } = set.features
    for (let p = 0; p < 3; p++) {
      const alone = await evaluate(set, [points[p]!], [weights[p]!])
      expectClose([together.loss[p]!], [alone.loss[0]!])
      expectClose(together.weight.subarray(p * 3 * dim, (p + 1) * 3 * dim), [...alone.weight])
      expectClose(together.bias.subarray(p * 3, p * 3 + 3), [...alone.bias])
    }
  })

  test('adds up blocks, each read once', async () => {
    const large = randomSet({ classes: 2, dim: 3, images: 2000, old: 1500, merged: true })
    const read: [number, number][] = []
    const watched: TrainingSet = {
      ...large,
      features: {
        ...large.features,
        read(start, end) {
          read.push([start, end])
          return large.features.read(start, end)
        },
      },
    }
    const point = randomPoint(large, 5)
    const rowWeight = randomWeights(large, 5)
    const actual = await evaluate(watched, [point], [rowWeight])
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
    const { loss, weight, bias } = await evaluate(set, [point], [new Float32Array(set.features.count)])
    expect(loss[0]).toBe(0)
    expect(weight.every((w) => w === 0)).toBe(true)
    expect(bias.every((b) => b === 0)).toBe(true)
  })
})
