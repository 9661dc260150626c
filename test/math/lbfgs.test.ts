import { describe, expect, test } from '@jest/globals'
import { lbfgs, type ValueAndGradient, type LbfgsOptions, type Minimum } from '../../src/math/lbfgs.js'
import { createRandom } from '../../src/math/random.js'
import { plainProducts } from '../support/plain-products.js'

type Problem = (x: Float64Array) => ValueAndGradient

const exact: LbfgsOptions = { gradientTolerance: 1e-10, valueTolerance: 0, maxEvaluations: 1000 }

async function minimise(problem: Problem, start: readonly number[], options: LbfgsOptions = exact): Promise<Minimum> {
  const search = lbfgs(Float64Array.from(start), plainProducts, options)
  let step = await search.next()
  while (!step.done) step = await search.next(problem(step.value))
  return step.value
}

/** Σ a_i/2 (x_i − m_i)²: its minimum is m. */
function quadratic(curvature: readonly number[], minimum: readonly number[]): Problem {
  return (x) => ({
    value: curvature.reduce((sum, a, i) => sum + (a / 2) * (x[i]! - minimum[i]!) ** 2, 0),
    gradient: Float32Array.from(curvature, (a, i) => a * (x[i]! - minimum[i]!)),
  })
}

const rosenbrock: Problem = ([x, y]) => ({
  value: (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
  gradient: Float32Array.of(-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)),
})

describe('lbfgs', () => {
  test('finds the minimum of a badly scaled quadratic', async () => {
    const minimum = [3, -2, 0.5, 100]
    const { x, value } = await minimise(quadratic([1, 100, 1e-2, 10], minimum), [0, 0, 0, 0])
    minimum.forEach((m, i) => expect(x[i]).toBeCloseTo(m, 6))
    expect(value).toBeLessThan(1e-12)
  })

  test("follows Rosenbrock's valley to (1, 1)", async () => {
    const { x, value, evaluations } = await minimise(rosenbrock, [-1.2, 1])
    expect(x[0]).toBeCloseTo(1, 6)
    expect(x[1]).toBeCloseTo(1, 6)
    expect(value).toBeLessThan(1e-12)
    // Steepest descent would take thousands.
    expect(evaluations).toBeLessThan(100)
  })

  test('agrees with plain gradient descent on a logistic regression', async () => {
    const random = createRandom('logistic')
    const rows = Array.from({ length: 60 }, () => {
      const features = [random.normal(), random.normal(), 1]
      return { features, sign: features[0]! - 0.5 * features[1]! + random.normal() > 0 ? 1 : -1 }
    })
    const problem: Problem = (x) => {
      let value = x.reduce((sum, w) => sum + 0.05 * w * w, 0)
      const gradient = Float32Array.from(x, (w) => 0.1 * w)
      for (const { features, sign } of rows) {
        const margin = sign * features.reduce((sum, feature, i) => sum + feature * x[i]!, 0)
        value += Math.log1p(Math.exp(-margin)) / rows.length
        features.forEach((f, i) => (gradient[i]! -= (sign * f) / (1 + Math.exp(margin)) / rows.length))
      }
      return { value, gradient }
    }
    let oracle = new Float64Array(3)
    for (let step = 0; step < 3000; step++) {
      const { gradient } = problem(oracle)
      oracle = oracle.map((w, i) => w - gradient[i]!)
    }
    const { x, value } = await minimise(problem, [0, 0, 0])
    oracle.forEach((w, i) => expect(x[i]).toBeCloseTo(w, 7))
    expect(value).toBeCloseTo(problem(oracle).value, 12)
  })

  test('asks for the start first, and leaves it as it is', async () => {
    const start = Float64Array.of(4, 5)
    const search = lbfgs(start, plainProducts)
    const first = await search.next()
    expect(first).toEqual({ done: false, value: Float64Array.of(4, 5) })
    expect(first.value).not.toBe(start)
    await search.next(rosenbrock(start))
    expect([...start]).toEqual([4, 5])
  })

  test('returns the start where the gradient is zero', async () => {
    const { x, value, evaluations, converged } = await minimise(quadratic([1, 2], [7, 8]), [7, 8])
    expect([...x]).toEqual([7, 8])
    expect({ value, evaluations, converged }).toEqual({ value: 0, evaluations: 1, converged: true })
  })

  test('tells the value at the point it returns, the lowest it has seen, within its evaluations', async () => {
    for (const maxEvaluations of [1, 2, 3, 7, 20]) {
      const seen: number[] = []
      const { x, value, evaluations, converged } = await minimise(
        (point) => {
          const evaluation = rosenbrock(point)
          seen.push(evaluation.value)
          return evaluation
        },
        [-1.2, 1],
        { ...exact, maxEvaluations },
      )
      expect(evaluations).toBe(seen.length)
      expect(evaluations).toBeLessThanOrEqual(maxEvaluations)
      expect(value).toBe(Math.min(...seen))
      expect(value).toBe(rosenbrock(x).value)
      expect(converged).toBe(false)
    }
  })

  test('stops early where the tolerance allows it', async () => {
    const loose = await minimise(rosenbrock, [-1.2, 1], { gradientTolerance: 1e-1 })
    const tight = await minimise(rosenbrock, [-1.2, 1])
    expect(loose.evaluations).toBeLessThan(tight.evaluations)
    expect(loose.value).toBeGreaterThan(tight.value)
    expect([loose.converged, tight.converged]).toEqual([true, true])
  })

  test('gives up on a gradient that leads upwards instead of looping', async () => {
    const wrong: Problem = (x) => ({ value: x[0]! ** 2, gradient: Float32Array.of(-2 * x[0]!) })
    const { x, value } = await minimise(wrong, [1])
    expect([...x]).toEqual([1])
    expect(value).toBe(1)
  })

  test('several searches keep apart', async () => {
    const problems = [quadratic([1, 50], [1, 2]), quadratic([3, 1], [-4, 0])]
    const searches = problems.map(() => lbfgs(Float64Array.of(9, 9), plainProducts, exact))
    const steps = await Promise.all(searches.map((search) => search.next()))
    while (steps.some(({ done }) => !done)) {
      for (const [i, step] of steps.entries()) {
        if (!step.done) steps[i] = await searches[i]!.next(problems[i]!(step.value))
      }
    }
    const ends = steps.map((step) => (step.value as Minimum).x)
    expect(ends[0]![0]).toBeCloseTo(1, 7)
    expect(ends[0]![1]).toBeCloseTo(2, 7)
    expect(ends[1]![0]).toBeCloseTo(-4, 7)
    expect(ends[1]![1]).toBeCloseTo(0, 7)
  })
})
