import { fitHeads, type Fit, type FitOptions, type Problem } from '../../src/head/fit.js'
import { openProducts } from '../../src/head/products.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise } from '../../src/head/standardise.js'
import type { Standardisation, TrainingBackend, TrainingSet } from '../../src/head/types.js'
import { using } from '../../src/head/using.js'

/** Fits heads to a set, on features that are standardised with every row. */
export async function fitSet(
  set: TrainingSet,
  problems: readonly Problem[],
  open: TrainingBackend['open'],
  options: FitOptions = {},
): Promise<{ readonly fits: readonly Fit[]; readonly standardisation: Standardisation }> {
  const standardisation = await standardise(set.features, rowWeights(set))
  const { rowLength } = standardisation
  const fits = await using(open(set, standardisation), (evaluator) =>
    using(openProducts(), (products) => fitHeads(set, problems, { evaluator, products, rowLength }, options)),
  )
  return { fits, standardisation }
}
