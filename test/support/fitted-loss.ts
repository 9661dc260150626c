import { rowWeights } from '../../src/head/row-weights.js'
import type { TrainingBackend } from '../../src/head/linear/types.js'
import { fitSet } from './fit-set.js'
import type { TrainingSet } from '../../src/head/training-set.js'

/** Loss plus penalty (ρ = 0.01) where a fit to a whole training set ends. */
export async function fittedLoss(set: TrainingSet, open: TrainingBackend['open']): Promise<number> {
  const { fits } = await fitSet(set, [{ rowWeight: rowWeights(set), regularisation: 1e-2 }], open)
  return fits[0]!.loss
}
