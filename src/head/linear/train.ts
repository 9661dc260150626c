import { crossValidate, type CrossValidationOptions } from './cross-validate.js'
import type { CurveStep } from '../training-curve.js'
import { fitHeads, type Fit, type FitOptions } from './fit.js'
import { headAt, onRawFeatures } from './head-at.js'
import type { Training } from '../head-method.js'
import { openMatrixProducts } from '../ort-matrix-products.js'
import { rowWeights } from '../row-weights.js'
import { standardise } from '../standardise.js'
import { LinearHead } from './linear-head.js'
import { scaled, type ScaleShift } from '../scale-shift.js'
import type { LinearWeights, TrainingBackend } from './types.js'
import type { TrainingSet } from '../training-set.js'

export interface LinearTraining extends Training {
  /** Fitted to all rows; takes raw features. */
  readonly head: LinearHead
  /** The final fit, on standardised features. */
  readonly fit: Fit
}

/**
 * Precision of the final fit, in nats. It starts from heads whose confidence is final already, so it may be coarser
 * than theirs (docs/lab-notes.md).
 */
const precision = 3e-5

/**
 * Fits the added head to every view of every image, starting from the mean of the folds' heads, with the ρ that
 * cross-validation chooses.
 */
export async function train(
  set: TrainingSet,
  backend: TrainingBackend,
  options: CrossValidationOptions,
): Promise<LinearTraining> {
  const rowWeight = rowWeights(set)
  const standardisation = await standardise(set.features, rowWeight)
  const { rowLength } = standardisation
  await using products = await openMatrixProducts()
  const {
    point: start,
    scaleShift,
    ...crossValidation
  } = await crossValidate(set, standardisation, backend, products, options)
  const problem = { rowWeight, regularisation: crossValidation.regularisation, start }
  await using evaluator = await backend.open(set, standardisation)
  const steps: CurveStep[] = []
  const onStep: FitOptions['onStep'] = ([step]) => {
    if (options.curves) steps.push({ time: Date.now(), loss: step!.loss, penalty: step!.penalty, heldOut: null })
    options.onStep?.()
  }
  const [fit] = await fitHeads(set, [problem], { evaluator, products, rowLength }, { precision, ...options, onStep })
  return {
    ...crossValidation,
    curves: options.curves
      ? [...crossValidation.curves, { images: 'all', regularisation: problem.regularisation, steps }]
      : [],
    fit: fit!,
    converged: crossValidation.converged && fit!.converged,
    head: new LinearHead(
      scaledHead(onRawFeatures(headAt(fit!.point, set.classes), standardisation), scaleShift),
      backend.loss?.kind,
      set.layers,
    ),
  }
}

function scaledHead(head: LinearWeights, scaleShift: ScaleShift | undefined): LinearWeights {
  if (scaleShift === undefined) return head
  const { scale } = scaleShift
  return { ...head, weight: head.weight.map((value) => scale * value), bias: scaled(head.bias, scaleShift) }
}
