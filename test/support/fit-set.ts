import { fitHeads, type Fit, type FitOptions, type Problem } from '../../src/head/linear/fit.js'
import { openMatrixProducts } from '../../src/head/ort-matrix-products.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise, type Standardisation } from '../../src/head/standardise.js'
import type { TrainingBackend } from '../../src/head/linear/types.js'
import type { TrainingSet } from '../../src/head/training-set.js'

/** Fits heads to a set, on features that are standardised with every row. */
export async function fitSet(
  set: TrainingSet,
  problems: readonly Problem[],
  open: TrainingBackend['open'],
  options: FitOptions = {},
): Promise<{ readonly fits: readonly Fit[]; readonly standardisation: Standardisation }> {
  const standardisation = await standardise(set.features, rowWeights(set))
  const { rowLength } = standardisation
  await using evaluator = await open(set, standardisation)
  await using products = await openMatrixProducts()
  const fits = await fitHeads(set, problems, { evaluator, products, rowLength }, options)
  return { fits, standardisation }
}
