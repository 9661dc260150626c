import type { MatrixProducts } from '../../math/matrix-products.js'
import { folds } from '../dealings.js'
import { rowWeights } from '../row-weights.js'
import type { StandardisedSet } from '../standardised-set.js'
import type { TrainingRows } from '../training-rows.js'
import { fitHeads, type Fit, type FitContext, type FitOptions, type Problem } from './fit.js'
import { scoreSet } from './score.js'

/** Limit on columns per joint evaluation: the optimiser's memory grows with them, and more bring no gain. */
export const maxColumns = 100

/**
 * One problem per fold: all rows but those of the fold.
 *
 * @param fold [count] the fold of each row
 * @param isTrained rows that are trained with at all. @default all
 */
export function leavingOut(
  set: TrainingRows,
  fold: Int32Array,
  problem: Omit<Problem, 'rowWeight'>,
  isTrained: (row: number) => boolean = () => true,
): Problem[] {
  return Array.from({ length: folds }, (_, f) => ({
    ...problem,
    rowWeight: rowWeights(set, (row) => fold[row] !== f && isTrained(row)),
  }))
}

/** Fits problems in groups of similar size with at most `maxColumns` columns, the problems of a group in step. */
export async function fitInGroups(
  set: StandardisedSet,
  problems: readonly Problem[],
  context: FitContext,
  options: FitOptions,
): Promise<Fit[]> {
  if (problems.length === 0) return []
  const most = Math.max(1, Math.floor(maxColumns / set.classes))
  const size = Math.ceil(problems.length / Math.ceil(problems.length / most))
  const fits: Fit[] = []
  for (let first = 0; first < problems.length; first += size) {
    const onStep: FitOptions['onStep'] = (steps) =>
      options.onStep?.(steps.map((step) => ({ ...step, problem: first + step.problem })))
    fits.push(...(await fitHeads(set, problems.slice(first, first + size), context, { ...options, onStep })))
  }
  return fits
}

/**
 * Computes the scores of every row by the head that was fitted without it.
 *
 * @param fits by fold; with fewer than there are folds, the last one scores the rows of the others
 * @returns row-major [count × k]
 */
export function scoreLeftOut(
  products: MatrixProducts,
  set: StandardisedSet,
  fits: readonly Fit[],
  fold: Int32Array,
): Promise<Float32Array> {
  const points = fits.map(({ point }) => point)
  return scoreSet(products, set, points, (row) => Math.min(fold[row]!, fits.length - 1))
}
