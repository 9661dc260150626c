import { expect, test } from '@jest/globals'
import { denseSource } from '../../../src/head/feature-source.js'
import { openOrtEvaluator } from '../../../src/head/linear/ort-evaluator.js'
import type { TrainingBackend } from '../../../src/head/linear/types.js'
import { hingeGraph } from '../../../src/head/svm/hinge-graph.js'
import { createRandom } from '../../../src/math/random.js'
import { fitSet } from '../../support/fit-set.js'
import { asItIs, featureRows, inGroups, randomSet } from '../random-set.js'

const open: TrainingBackend['open'] = (set) => openOrtEvaluator(set, 'cpu', hingeGraph)

test('loss and gradient are those of the formula in float64', async () => {
  const set = randomSet({ classes: 3, dim: 4, images: 6, old: 9 })
  const random = createRandom('point')
  const weight = Float32Array.from({ length: 12 }, () => 0.1 * random.normal())
  const bias = Float32Array.from({ length: 3 }, () => 0.1 * random.normal())
  const rowWeight = Float32Array.from({ length: 27 }, () => random.next())
  const rows = await featureRows(set)
  const lossAt = (weights: ArrayLike<number>, biases: ArrayLike<number>) => {
    let loss = 0
    rows.forEach((row, i) => {
      for (let c = 0; c < 3; c++) {
        const z = row.reduce((sum, value, d) => sum + value * weights[c * 4 + d]!, biases[c]!)
        const isOwn = set.target[i] === c
        const slack = Math.max(0, 1 - (isOwn ? z : -z))
        loss += rowWeight[i]! * (isOwn ? 3 : 1 / (2 - 1 / 3)) * slack ** 2
      }
    })
    return loss
  }
  await using evaluator = await open(asItIs(set))
  const answer = await evaluator.evaluate([{ weight, bias }], rowWeight)
  expect(answer.loss[0]! / lossAt(weight, bias)).toBeCloseTo(1, 5)
  const [gradient] = answer.groups
  const slope = (values: Float32Array, at: number, loss: (moved: Float64Array) => number) => {
    const h = 1e-5
    const moved = (by: number) => Float64Array.from(values, (value, i) => value + (i === at ? by : 0))
    return (loss(moved(h)) - loss(moved(-h))) / (2 * h)
  }
  const scale = Math.max(...gradient!.weight.map(Math.abs))
  gradient!.weight.forEach((value, i) => {
    expect(Math.abs(value - slope(weight, i, (one) => lossAt(one, bias)))).toBeLessThan(1e-4 * scale)
  })
  gradient!.bias.forEach((value, i) => {
    expect(Math.abs(value - slope(bias, i, (one) => lossAt(weight, one)))).toBeLessThan(1e-4 * scale)
  })
})

test('a machine of two points has the weights of its closed form', async () => {
  // min ρ/2 w² + (1 − w − b)² + (1 − w + b)², so b = 0 and w = 4/(4 + ρ).
  const two = randomSet({ classes: 1, dim: 1, images: 1, old: 1 })
  const set = inGroups(two, [{ columns: 1, features: denseSource(Float32Array.of(1, -1), 1) }])
  for (const regularisation of [0.1, 4]) {
    const problem = { rowWeight: Float32Array.of(1, 1), regularisation, start: new Float64Array(2) }
    const { fits } = await fitSet(set, [problem], open, { precision: 1e-10 })
    expect(fits[0]!.point[0]).toBeCloseTo(4 / (4 + regularisation), 5)
    expect(fits[0]!.point[1]).toBeCloseTo(0, 5)
  }
})
