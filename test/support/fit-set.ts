import { fitHeads, type Fit, type FitOptions, type Problem } from '../../src/head/linear/fit.js'
import { openMatrixProducts } from '../../src/head/ort-matrix-products.js'
import { standardiseSet, type StandardisedSet } from '../../src/head/standardised-set.js'
import type { TrainingBackend } from '../../src/head/linear/types.js'
import type { TrainingSet } from '../../src/head/training-set.js'

/** Fits heads to a set, on features that are standardised with every row. */
export async function fitSet(
  set: TrainingSet,
  problems: readonly Problem[],
  open: TrainingBackend['open'],
  options: FitOptions = {},
): Promise<{ readonly fits: readonly Fit[]; readonly standardised: StandardisedSet }> {
  const standardised = await standardiseSet(set)
  await using evaluator = await open(standardised)
  await using products = await openMatrixProducts()
  const fits = await fitHeads(standardised, problems, { evaluator, products }, options)
  return { fits, standardised }
}
