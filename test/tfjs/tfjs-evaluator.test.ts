import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { openOrtEvaluator } from '../../src/head/linear/ort-evaluator.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise, identityStandardisation } from '../../src/head/standardise.js'
import { loadTfjs } from '../../src/tfjs/load.js'
import { openTfjsEvaluator } from '../../src/tfjs/tfjs-evaluator.js'
import { createRandom } from '../../src/math/random.js'
import { fittedLoss } from '../support/fitted-loss.js'
import { randomSet } from '../head/random-set.js'

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

describe('the TensorFlow.js evaluator', () => {
  test('gives the loss and the gradient that ONNX Runtime gives, of two problems at once', async () => {
    const random = createRandom('point')
    const weight = Float32Array.from({ length: 12 * 6 }, () => 0.5 * random.normal())
    const bias = Float32Array.from({ length: 6 }, () => 2 + random.normal())
    const weights = Float32Array.from({ length: 2 * set.features.count }, () => random.next())
    const standardisation = await standardise(set.features, rowWeights(set))
    await using ort = await openOrtEvaluator(set, standardisation)
    await using tfjs = await openTfjsEvaluator(set, standardisation)
    const expected = await ort.evaluate(weight, bias, weights)
    const actual = await tfjs.evaluate(weight, bias, weights)
    for (const part of ['loss', 'weight', 'bias'] as const) {
      const largest = Math.max(...expected[part].map(Math.abs))
      expect(actual[part]).toHaveLength(expected[part].length)
      actual[part].forEach((value, i) => expect(Math.abs(value - expected[part][i]!)).toBeLessThan(1e-5 * largest))
    }
  })

  test('leaves no tensor behind, whether it works or fails', async () => {
    const tf = await loadTfjs()
    const before = tf.memory().numTensors
    await fittedLoss(set, openTfjsEvaluator)
    const evaluator = await openTfjsEvaluator(set, identityStandardisation(12, 1))
    const [weight, bias, rowWeights] = [13 * 3, 3, set.features.count].map((size) => new Float32Array(size))
    await expect(evaluator.evaluate(weight!, bias!, rowWeights!)).rejects.toThrow()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('ends in the minimum that ONNX Runtime ends in', async () => {
    expect(
      Math.abs((await fittedLoss(set, openTfjsEvaluator)) - (await fittedLoss(set, openOrtEvaluator))),
    ).toBeLessThan(1e-4)
  })
})
