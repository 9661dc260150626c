import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { openOrtEvaluator } from '../../src/head/linear/ort-evaluator.js'
import type { GroupParameters, LossAndGradient } from '../../src/head/linear/types.js'
import { standardiseSet, type StandardisedSet } from '../../src/head/standardised-set.js'
import { loadTfjs } from '../../src/tfjs/load.js'
import { openTfjsEvaluator } from '../../src/tfjs/tfjs-evaluator.js'
import { createRandom } from '../../src/math/random.js'
import { fittedLoss } from '../support/fitted-loss.js'
import { asItIs, inGroups, randomSet, soleFeatures } from '../head/random-set.js'

const set = randomSet({ classes: 3, dim: 12, images: 40, views: 2, old: 60, merged: true })

// The library never writes to the console; TensorFlow.js would like to.
const spies: jest.SpiedFunction<(...args: unknown[]) => void>[] = []
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    spies.push(jest.spyOn(console, method).mockImplementation(() => undefined))
  }
})
afterEach(() => {
  for (const spy of spies.splice(0)) {
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  }
})

/** Expects the loss and the gradient that ONNX Runtime gives. */
async function expectAlike(
  set: StandardisedSet,
  parameters: readonly GroupParameters[],
  rowWeights: Float32Array,
): Promise<void> {
  await using ort = await openOrtEvaluator(set)
  await using tfjs = await openTfjsEvaluator(set)
  const expected = await ort.evaluate(parameters, rowWeights)
  const actual = await tfjs.evaluate(parameters, rowWeights)
  const partsOf = ({ loss, groups }: LossAndGradient) => [loss, ...groups.flatMap(({ weight, bias }) => [weight, bias])]
  const all = partsOf(actual)
  expect(all).toHaveLength(1 + 2 * parameters.length)
  for (const [p, part] of partsOf(expected).entries()) {
    const largest = Math.max(...part.map(Math.abs))
    expect(all[p]).toHaveLength(part.length)
    part.forEach((value, i) => expect(Math.abs(all[p]![i]! - value)).toBeLessThan(1e-5 * largest))
  }
}

describe('the TensorFlow.js evaluator', () => {
  test('gives the loss and the gradient that ONNX Runtime gives, of two problems at once', async () => {
    const random = createRandom('point')
    const weight = Float32Array.from({ length: 12 * 6 }, () => 0.5 * random.normal())
    const bias = Float32Array.from({ length: 6 }, () => 2 + random.normal())
    const weights = Float32Array.from({ length: 2 * set.target.length }, () => random.next())
    await expectAlike(await standardiseSet(set), [{ weight, bias }], weights)
  })

  test('gives them for columns that read different features, two of three groups the same', async () => {
    const other = soleFeatures(randomSet({ classes: 3, dim: 5, images: 40, views: 2, old: 60, seed: 2 }))
    const features = soleFeatures(set)
    const apart = inGroups(set, [
      { columns: 1, features: other },
      { columns: 1, features },
      { columns: 1, features: other },
    ])
    const random = createRandom('points')
    const parameters = apart.groups.map(({ features: { dim } }) => ({
      weight: Float32Array.from({ length: dim * 2 }, () => 0.5 * random.normal()),
      bias: Float32Array.from({ length: 2 }, () => 2 + random.normal()),
    }))
    const weights = Float32Array.from({ length: 2 * set.target.length }, () => random.next())
    await expectAlike(await standardiseSet(apart), parameters, weights)
    // Groups of unequal sizes.
    const two = inGroups(set, [
      { columns: 1, features: other },
      { columns: 2, features },
    ])
    const joined = two.groups.map(({ columns, features: { dim } }) => ({
      weight: Float32Array.from({ length: dim * columns * 2 }, () => 0.5 * random.normal()),
      bias: Float32Array.from({ length: columns * 2 }, () => 2 + random.normal()),
    }))
    await expectAlike(await standardiseSet(two), joined, weights)
  })

  test('leaves no tensor behind, whether it works or fails', async () => {
    const tf = await loadTfjs()
    const before = tf.memory().numTensors
    await fittedLoss(set, openTfjsEvaluator)
    const features = soleFeatures(set)
    await fittedLoss(
      inGroups(set, [
        { columns: 1, features },
        { columns: 2, features },
      ]),
      openTfjsEvaluator,
    )
    const evaluator = await openTfjsEvaluator(asItIs(set))
    const [weight, bias, rowWeights] = [13 * 3, 3, set.target.length].map((size) => new Float32Array(size))
    await expect(evaluator.evaluate([{ weight: weight!, bias: bias! }], rowWeights!)).rejects.toThrow()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('ends in the minimum that ONNX Runtime ends in', async () => {
    expect(
      Math.abs((await fittedLoss(set, openTfjsEvaluator)) - (await fittedLoss(set, openOrtEvaluator))),
    ).toBeLessThan(1e-4)
  })
})
