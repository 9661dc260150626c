import { canBeCompact, compactSubset } from '../compact-subset.js'
import { crossValidate, type CrossValidationOptions } from './cross-validate.js'
import type { CurveStep } from '../training-curve.js'
import { fitHeads, type Fit, type FitOptions } from './fit.js'
import { headsAt, onRawFeatures } from './head-at.js'
import type { Training } from '../head-method.js'
import { openMatrixProducts } from '../ort-matrix-products.js'
import { rowWeights } from '../row-weights.js'
import { standardiseSet } from '../standardised-set.js'
import { LinearHead } from './linear-head.js'
import { scaled, type ScaleShift } from '../scale-shift.js'
import type { LinearWeights, TrainingBackend } from './types.js'
import type { TrainingSet } from '../training-set.js'

export interface LinearTraining extends Training {
  /** Fitted to all rows, one for each group of columns; they take raw features. */
  readonly heads: readonly LinearHead[]
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
  raw: TrainingSet,
  backend: TrainingBackend,
  options: CrossValidationOptions,
): Promise<LinearTraining> {
  const rowWeight = rowWeights(raw)
  const set = await standardiseSet(raw, rowWeight)
  await using products = await openMatrixProducts()
  const compact =
    backend.compact && canBeCompact(set) ? await compactSubset(set, [...rowWeight.keys()], products) : undefined
  const fitted = compact?.set ?? set
  const { point: start, scaleShift, ...crossValidation } = await crossValidate(fitted, backend, products, options)
  const problem = { rowWeight, regularisation: crossValidation.regularisation, start }
  await using evaluator = await backend.open(fitted)
  const steps: CurveStep[] = []
  const onStep: FitOptions['onStep'] = ([step]) => {
    if (options.curves) steps.push({ time: Date.now(), loss: step!.loss, penalty: step!.penalty, heldOut: null })
    options.onStep?.()
  }
  const [fit] = await fitHeads(fitted, [problem], { evaluator, products }, { precision, ...options, onStep })
  const point = compact ? await compact.expand(fit!.point) : fit!.point
  return {
    ...crossValidation,
    curves: options.curves
      ? [...crossValidation.curves, { images: 'all', regularisation: problem.regularisation, steps }]
      : [],
    fit: { ...fit!, point },
    converged: crossValidation.converged && fit!.converged,
    heads: headsAt(point, set.groups).map((head, g) => {
      const { standardisation, layers } = set.groups[g]!
      const onRaw = onRawFeatures(head, standardisation)
      return new LinearHead(scaledHead(onRaw, scaleShift), backend.loss?.kind, layers)
    }),
  }
}

function scaledHead(head: LinearWeights, scaleShift: ScaleShift | undefined): LinearWeights {
  if (scaleShift === undefined) return head
  const { scale } = scaleShift
  return { ...head, weight: head.weight.map((value) => scale * value), bias: scaled(head.bias, scaleShift) }
}
