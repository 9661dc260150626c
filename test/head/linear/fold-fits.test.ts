import { describe, expect, test } from '@jest/globals'
import { fitHeads } from '../../../src/head/linear/fit.js'
import { fitInGroups, leavingOut, maxColumns, scoreLeftOut } from '../../../src/head/linear/fold-fits.js'
import { openOrtEvaluator } from '../../../src/head/linear/ort-evaluator.js'
import { folds } from '../../../src/head/dealings.js'
import { assignFolds } from '../../../src/head/folds.js'
import { openMatrixProducts } from '../../../src/head/ort-matrix-products.js'
import { standardiseSet } from '../../../src/head/standardised-set.js'
import { featureRows, randomSet } from '../random-set.js'

describe('leavingOut', () => {
  test('gives every problem the rows outside of its fold, and no row that is not trained with', async () => {
    const set = await standardiseSet(randomSet({ classes: 2, dim: 3, images: 5, old: 4 }))
    const fold = assignFolds(set, folds, 1)
    const problems = leavingOut(set, fold, { regularisation: 0.1 }, (row) => row > 0)
    expect(problems).toHaveLength(folds)
    for (const [f, { rowWeight, regularisation }] of problems.entries()) {
      expect(regularisation).toBe(0.1)
      rowWeight.forEach((weight, row) => expect(weight > 0).toBe(row > 0 && fold[row] !== f))
    }
  })
})

describe('fitInGroups', () => {
  test('more problems than are fitted at once have the minima that each has alone, told by their own places', async () => {
    const classes = 40
    const set = await standardiseSet(randomSet({ classes, dim: 4, images: 2, old: 6 }))
    const problems = leavingOut(set, assignFolds(set, folds, 1), { regularisation: 0.1 })
    expect(problems.length * classes).toBeGreaterThan(maxColumns)
    await using products = await openMatrixProducts()
    await using evaluator = await openOrtEvaluator(set)
    const context = { evaluator, products }
    const told = new Set<number>()
    const onStep = (steps: readonly { readonly problem: number }[]) => steps.forEach(({ problem }) => told.add(problem))
    const precision = 1e-6
    const fits = await fitInGroups(set, problems, context, { precision, onStep })
    expect([...told].sort()).toEqual([0, 1, 2, 3, 4])
    for (const [i, problem] of problems.entries()) {
      const [alone] = await fitHeads(set, [problem], context, { precision })
      expect(Math.abs(fits[i]!.loss - alone!.loss)).toBeLessThan(2 * precision)
    }
  })
})

describe('scoreLeftOut', () => {
  test('scores a row by the fit of its fold, and those of folds without one by the last', async () => {
    const set = await standardiseSet(randomSet({ classes: 2, dim: 3, images: 4, old: 2 }))
    const fold = Int32Array.from(set.target, (_, row) => row % 3)
    await using products = await openMatrixProducts()
    // Zero weights and biases that tell which fit scored: the set's point has the weights first, then the biases.
    const fits = [1, 2].map((bias) => {
      const point = new Float64Array(3 * 2 + 2)
      point.fill(bias, 3 * 2)
      return { point, loss: 0, evaluations: 0, converged: true }
    })
    const scores = await scoreLeftOut(products, set, fits, fold)
    const rows = await featureRows(set)
    expect([...scores]).toEqual(rows.flatMap((_, row) => new Array<number>(2).fill(fold[row] === 0 ? 1 : 2)))
  })
})
