import { describe, expect, test } from '@jest/globals'
import { noOldTarget } from '../../../src/features/table.js'
import type { Fit, FitOptions, Problem } from '../../../src/head/linear/fit.js'
import { openOrtEvaluator } from '../../../src/head/linear/ort-evaluator.js'
import { weightPlaces } from '../../../src/head/point.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { standardise } from '../../../src/head/standardise.js'
import { fitSet } from '../../support/fit-set.js'
import { jointSoftmax, jointSoftmaxOfGroups } from './joint-softmax.js'
import { featureRows, inGroups, randomSet, soleFeatures, withChanged } from '../random-set.js'
import type { TrainingSet } from '../../../src/head/training-set.js'

/** How far the loss may lie above the minimum, as a share of it. */
const lossTolerance = 1e-4

async function fit(set: TrainingSet, problems: readonly Problem[], options?: FitOptions): Promise<readonly Fit[]> {
  return (await fitSet(set, problems, openOrtEvaluator, options)).fits
}

/** The penalised objective on standardised features, in float64. */
async function objective(set: TrainingSet, { rowWeight, regularisation }: Problem) {
  const { mean, inverseDeviation } = await standardise(soleFeatures(set), rowWeights(set))
  const rows = (await featureRows(set)).map((row) => row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!))
  const weights = rows[0]!.length * set.classes
  return (x: readonly number[]) => {
    const { loss, weight, bias } = jointSoftmax(set, rows, x.slice(0, weights), x.slice(weights), rowWeight)
    const squares = x.slice(0, weights).reduce((sum, w) => sum + w * w, 0)
    return {
      loss: loss + (regularisation / 2) * squares,
      gradient: [...weight.map((g, i) => g + regularisation * x[i]!), ...bias],
    }
  }
}

/** Gradient descent in float64 that shortens its step until the loss falls as far as the slope promises. */
async function minimise(set: TrainingSet, problem: Problem): Promise<number> {
  const evaluate = await objective(set, problem)
  let x = new Array<number>((soleFeatures(set).dim + 1) * set.classes).fill(0)
  let current = evaluate(x)
  let step = 1
  for (let i = 0; i < 10_000 && Math.hypot(...current.gradient) > 1e-5; i++) {
    const next = x.map((value, j) => value - step * current.gradient[j]!)
    const answer = evaluate(next)
    const squares = current.gradient.reduce((sum, g) => sum + g * g, 0)
    if (answer.loss > current.loss - 0.3 * step * squares) {
      step /= 2
    } else {
      x = next
      current = answer
      step *= 1.1
    }
  }
  expect(Math.hypot(...current.gradient)).toBeLessThanOrEqual(1e-5)
  return current.loss
}

const set = randomSet({ classes: 2, dim: 3, images: 12, old: 16, merged: true })

/** The same of a set of several groups, as a function of a point. */
async function objectiveOfGroups(set: TrainingSet, { rowWeight, regularisation }: Problem) {
  const places = weightPlaces(set.groups)
  const rows = await Promise.all(
    set.groups.map(async ({ features }, g) => {
      const { mean, inverseDeviation } = await standardise(features, rowWeights(set))
      return (await featureRows(set, g)).map((row) => row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!))
    }),
  )
  return (x: Float64Array) => {
    let column = places.at(-1)!.end
    const parameters = set.groups.map(({ columns }, g) => ({
      rows: rows[g]!,
      weight: x.subarray(places[g]!.start, places[g]!.end),
      bias: x.subarray(column, (column += columns)),
    }))
    const { loss, groups } = jointSoftmaxOfGroups(set, parameters, rowWeight)
    const squares = x.subarray(0, places.at(-1)!.end).reduce((sum, one) => sum + one * one, 0)
    return {
      loss: loss + (regularisation / 2) * squares,
      gradient: [
        ...groups.flatMap(({ weight }) => weight).map((one, i) => one + regularisation * x[i]!),
        ...groups.flatMap(({ bias }) => bias),
      ],
    }
  }
}

describe('fitHeads on columns that read different features', () => {
  const shape = { classes: 4, images: 12, old: 16, merged: true }
  const whole = randomSet({ ...shape, dim: 3 })
  const narrow = soleFeatures(whole)
  const wide = soleFeatures(randomSet({ ...shape, dim: 6, seed: 2 }))
  const apart = inGroups(whole, [
    { columns: 1, features: wide },
    { columns: 2, features: narrow },
    { columns: 1, features: wide },
  ])

  test('at the minimum the gradient in float64 vanishes, and the loss is no less anywhere near', async () => {
    const problems = [
      { rowWeight: rowWeights(whole), regularisation: 3e-2 },
      { rowWeight: rowWeights(whole, (row) => row % 3 > 0), regularisation: 1e-2 },
    ]
    const fits = await fit(apart, problems, { precision: 1e-9 })
    for (const [p, problem] of problems.entries()) {
      const { point, loss, converged } = fits[p]!
      expect(converged).toBe(true)
      expect(point).toHaveLength(6 + 2 * 3 + 6 + 4)
      const evaluate = await objectiveOfGroups(apart, problem)
      const here = evaluate(point)
      expect(here.loss / loss).toBeCloseTo(1, 5)
      expect(Math.hypot(...here.gradient)).toBeLessThan(1e-4)
      // At zero, far from it, the gradient is of another size.
      const far = evaluate(new Float64Array(point.length))
      expect(Math.hypot(...far.gradient)).toBeGreaterThan(1e-1)
      expect(far.loss).toBeGreaterThan(here.loss)
    }
  })

  test('groups of the same features end where one group does', async () => {
    const problem = { rowWeight: rowWeights(whole), regularisation: 1e-2 }
    const split = inGroups(
      whole,
      [1, 2, 1].map((columns) => ({ columns, features: narrow })),
    )
    const [one] = (await fit(whole, [problem])) as [Fit]
    const [three] = (await fit(split, [problem])) as [Fit]
    expect(three.loss / one.loss).toBeCloseTo(1, 5)
    expect(three.point).toHaveLength(one.point.length)
    one.point.forEach((value, i) => expect(three.point[i]).toBeCloseTo(value, 2))
    expect(three.evaluations).toBe(one.evaluations)
  })

  test('start where they are told', async () => {
    const problem = { rowWeight: rowWeights(whole), regularisation: 1e-1 }
    const [first] = (await fit(apart, [problem])) as [Fit]
    const [again] = (await fit(apart, [{ ...problem, start: first.point }])) as [Fit]
    expect(again.evaluations).toBeLessThan(first.evaluations / 2)
    expect(again.loss / first.loss).toBeCloseTo(1, 5)
  })
})

describe('fitHeads', () => {
  test.each([1e-3, 3e-2])('reaches the minimum that gradient descent in float64 finds, ρ = %d', async (ρ) => {
    const problem = { rowWeight: rowWeights(set), regularisation: ρ }
    const [{ loss, point, evaluations }] = (await fit(set, [problem])) as [Fit]
    const lowest = await minimise(set, problem)
    expect(Math.abs(loss / lowest - 1)).toBeLessThan(lossTolerance)
    // The loss it tells is that of the point it returns.
    expect((await objective(set, problem))([...point]).loss / loss).toBeCloseTo(1, 5)
    expect(evaluations).toBeLessThan(100)
  })

  test('several problems, with rows left out, end where each ends alone', async () => {
    const problems = [
      { rowWeight: rowWeights(set), regularisation: 3e-2 },
      { rowWeight: rowWeights(set, (row) => row % 3 > 0), regularisation: 3e-2 },
      { rowWeight: rowWeights(set), regularisation: 1e-2 },
    ]
    const together = await fit(set, problems)
    for (const [p, problem] of problems.entries()) {
      expect(Math.abs(together[p]!.loss / (await minimise(set, problem)) - 1)).toBeLessThan(lossTolerance)
    }
    expect(together[0]!.point).not.toEqual(together[1]!.point)
  })

  test('where features lie does not matter: the same loss is reached with a large mean, in hardly more steps', async () => {
    const far = withChanged(set, (f) => f + 30)
    const problem = { rowWeight: rowWeights(set), regularisation: 1e-2 }
    const [here] = (await fit(set, [problem])) as [Fit]
    const [there] = (await fit(far, [problem])) as [Fit]
    expect(Math.abs(there.loss / here.loss - 1)).toBeLessThan(1e-3)
    expect(there.evaluations).toBeLessThan(2 * here.evaluations)
  })

  test('a feature that does not vary takes no part', async () => {
    const constant = withChanged(set, (f, i) => (i % 3 === 1 ? 7 : f))
    const [{ point }] = (await fit(constant, [{ rowWeight: rowWeights(set), regularisation: 1e-2 }])) as [Fit]
    expect([point[1], point[4]]).toEqual([0, 0])
    expect(point[0]).not.toBe(0)
  })

  test('starts where it is told, and is done at once at the minimum', async () => {
    const problem = { rowWeight: rowWeights(set), regularisation: 1e-1 }
    const [first] = (await fit(set, [problem])) as [Fit]
    const [again] = (await fit(set, [{ ...problem, start: first.point }])) as [Fit]
    expect(again.evaluations).toBeLessThan(first.evaluations / 2)
    expect(again.loss / first.loss).toBeCloseTo(1, 5)
  })

  test('where no old class takes part, the new ones are told apart by themselves', async () => {
    const alone = randomSet({ classes: 3, dim: 4, images: 20, old: 0, separation: 4 })
    alone.oldLogSumExp.fill(noOldTarget)
    const [{ point, loss }] = (await fit(alone, [{ rowWeight: rowWeights(alone), regularisation: 1e-3 }])) as [Fit]
    expect(loss).toBeLessThan(0.3)
    expect(Math.max(...point.subarray(3 * 4).map(Math.abs))).toBeLessThan(1e3)
  })

  test.each([NaN, Infinity])('refuses a loss that is not finite: a feature is %d', async (value) => {
    const broken = withChanged(set, (f, i, start) => (start === 0 && i === 4 ? value : f))
    await expect(fit(broken, [{ rowWeight: rowWeights(set), regularisation: 1e-2 }])).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/not a finite number.*nothing was written/),
    })
  })

  test('tells of every step, and stops between two of them', async () => {
    const controller = new AbortController()
    let steps = 0
    const onStep = () => {
      steps++
      if (steps === 3) controller.abort()
    }
    const problem = { rowWeight: rowWeights(set), regularisation: 1e-2 }
    await expect(fit(set, [problem], { signal: controller.signal, onStep })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(steps).toBe(3)
  })
})
