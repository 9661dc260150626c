import { crossValidate, type CrossValidation, type CrossValidationOptions } from './cross-validate.js'
import { fitHeads, type Fit } from './fit.js'
import { headAt, onRawFeatures } from './head-at.js'
import { openProducts } from './products.js'
import { rowWeights } from './row-weights.js'
import { standardise } from './standardise.js'
import type { Head, TrainingBackend, TrainingSet } from './types.js'
import { using } from './using.js'

export interface Training extends Omit<CrossValidation, 'point'> {
  /** Fitted to every row; it takes raw features. */
  readonly head: Head
  /** How that fit ended, on standardised features. */
  readonly fit: Fit
  /** Whether the folds' heads and the final one got to their minimum; else scores and shifts may be off. */
  readonly converged: boolean
}

/** The last fit sets out from heads that are as sure as it will be, so it may end sooner than they, in nats (docs/lab-notes.md). */
const precision = 3e-5

/** Fits the parallel head to every view of every image: from the mean of the folds' heads, with the ρ that they choose. */
export async function train(
  set: TrainingSet,
  backend: TrainingBackend,
  options: CrossValidationOptions,
): Promise<Training> {
  const rowWeight = rowWeights(set)
  const standardisation = await standardise(set.features, rowWeight)
  const { rowLength } = standardisation
  return using(openProducts(), async (products) => {
    const { point: start, ...crossValidation } = await crossValidate(set, standardisation, backend, products, options)
    const problem = { rowWeight, regularisation: crossValidation.regularisation, start }
    const [fit] = await using(backend.open(set, standardisation), (evaluator) =>
      fitHeads(set, [problem], { evaluator, products, rowLength }, { precision, ...options }),
    )
    return {
      ...crossValidation,
      fit: fit!,
      converged: crossValidation.converged && fit!.converged,
      head: onRawFeatures(headAt(fit!.point, set.classes), standardisation),
    }
  })
}
