import { expect, test } from '@jest/globals'
import { openMlpEvaluator } from '../../../src/head/mlp/evaluator.js'
import { placesOf, unitRows, weightsAt } from '../../../src/head/mlp/parameters.js'
import { MlpHead } from '../../../src/head/mlp/mlp-head.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { standardiseSet } from '../../../src/head/standardised-set.js'
import { logAddExp, logSumExp } from '../../../src/math/softmax.js'
import { createRandom } from '../../../src/math/random.js'
import { plainLogits } from '../head-logits.js'
import { featureRows, randomSet } from '../random-set.js'

const shape = { dim: 4, width: 5, classes: 3 }
const set = randomSet({ classes: 3, dim: 4, images: 6, old: 9, merged: true })

function randomPoint(seed: string): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length: placesOf(shape).end }, () => Math.fround(random.normal()))
}

test('loss, logits and gradient are those of the formula in float64, several problems at once', async () => {
  const standardised = await standardiseSet(set)
  const { mean, inverseDeviation } = standardised.groups[0]!.standardisation
  // Rows are shortened to length 1: four features vary.
  const rows = (await featureRows(set)).map((row) => row.map((f, d) => ((f - mean[d]!) * inverseDeviation[d]!) / 2))
  const place = placesOf(shape)
  const logitsAt = (point: Float64Array, x: readonly number[]) => {
    const hidden = Array.from({ length: 5 }, (_, u) => {
      const sum = x.reduce((total, value, d) => total + value * point[u * 4 + d]!, point[place.hiddenBias + u]!)
      return Math.max(0, sum) / Math.sqrt(5)
    })
    return Float64Array.from({ length: 3 }, (_, c) =>
      hidden.reduce((total, value, u) => total + value * point[place.weight + c * 5 + u]!, point[place.bias + c]!),
    )
  }
  const lossAt = (point: Float64Array, rowWeight: Float32Array) =>
    rows.reduce((loss, x, row) => {
      const z = logitsAt(point, x)
      const own = set.target[row]!
      const right = own < 0 ? set.oldTarget[row]! : logAddExp(set.oldTarget[row]!, z[own]!)
      return loss + rowWeight[row]! * (logAddExp(set.oldLogSumExp[row]!, logSumExp(z)) - right)
    }, 0)

  const random = createRandom('weights')
  const weights = [0, 1].map(() => Float32Array.from(rows, () => (random.next() < 0.3 ? 0 : random.next())))
  const points = [randomPoint('one'), randomPoint('other')]
  await using evaluator = await openMlpEvaluator(standardised, 5)
  const answers = await evaluator.evaluate(points, weights)
  answers.forEach(({ loss, gradient, scores }, p) => {
    const [point, rowWeight] = [points[p]!, weights[p]!]
    expect(loss / lossAt(point, rowWeight)).toBeCloseTo(1, 5)
    rows
      .flatMap((x) => [...logitsAt(point, x)])
      .forEach((value, i) => expect(Math.abs(scores[i]! - value)).toBeLessThan(1e-4))
    const scale = Math.max(...gradient.map(Math.abs))
    const h = 1e-6
    gradient.forEach((value, i) => {
      const moved = (by: number) =>
        lossAt(
          Float64Array.from(point, (one, j) => (j === i ? one + by : one)),
          rowWeight,
        )
      expect(Math.abs(value - (moved(h) - moved(-h)) / (2 * h))).toBeLessThan(1e-4 * scale)
    })
  })
})

test('on raw features, a point is a head of the same logits', async () => {
  const standardised = await standardiseSet(set)
  const standardisation = unitRows(standardised.groups[0]!.standardisation)
  const point = randomPoint('one')
  await using evaluator = await openMlpEvaluator(standardised, 5)
  const [answer] = await evaluator.evaluate([point], [rowWeights(set)])
  const head = new MlpHead(weightsAt(point, shape, standardisation))
  const expected = (await featureRows(set)).flatMap((row) => plainLogits(head, row))
  answer!.scores.forEach((score, i) => expect(Math.abs(score - expected[i]!)).toBeLessThan(1e-4))
})
