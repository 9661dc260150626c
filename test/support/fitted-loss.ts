import { fitHeads } from '../../src/head/fit.js'
import { openProducts } from '../../src/head/products.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise } from '../../src/head/standardise.js'
import type { LossEvaluator, TrainingSet } from '../../src/head/types.js'
import { using } from '../../src/head/using.js'

/** Loss plus penalty (ρ = 0.01) where a fit to a whole training set ends. */
export async function fittedLoss(
  set: TrainingSet,
  open: (set: TrainingSet) => Promise<LossEvaluator>,
): Promise<number> {
  const rowWeight = rowWeights(set)
  const standardisation = await standardise(set.features, rowWeight)
  const problems = [{ rowWeight, regularisation: 1e-2 }]
  const [fit] = await using(open(set), (evaluator) =>
    using(openProducts(), (products) => fitHeads(set, problems, { standardisation, evaluator, products })),
  )
  return fit!.loss
}
