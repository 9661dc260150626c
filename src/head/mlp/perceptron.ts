import type { Provider } from '../../runtime/session.js'
import type { HeadMethod, Training, TrainingOptions } from '../head-method.js'
import { openMatrixProducts } from '../ort-matrix-products.js'
import { rowWeights } from '../row-weights.js'
import { scaled } from '../scale-shift.js'
import { standardiseSet } from '../standardised-set.js'
import type { CurveStep } from '../training-curve.js'
import type { TrainingSet } from '../training-set.js'
import { crossValidatePerceptron, regularisation } from './cross-validate.js'
import { openMlpEvaluator } from './evaluator.js'
import { fitTogether } from './fit-together.js'
import { MlpHead } from './mlp-head.js'
import { soleGroup, startingPoint, unitRows, weightsAt } from './parameters.js'

/** Trains a multilayer perceptron of one hidden layer beside the base head, in one joint softmax (docs/method.md). */
export function perceptron(provider: Provider = 'cpu'): HeadMethod {
  return { readsByColumn: false, train: (set, options) => train(set, provider, options) }
}

/**
 * Fits a perceptron to every view of every image, of the width and for the steps that cross-validation chooses.
 */
async function train(raw: TrainingSet, provider: Provider, options: TrainingOptions): Promise<Training> {
  const { seed, signal, curves = false } = options
  const rowWeight = rowWeights(raw)
  const set = await standardiseSet(raw, rowWeight)
  const { features, standardisation, layers } = soleGroup(set)
  await using products = await openMatrixProducts()
  const { width, steps, curve, scaleShift, heldOut, heldOutLosses } = await crossValidatePerceptron(
    set,
    provider,
    products,
    options,
  )
  const unit = unitRows(standardisation)
  await using evaluator = await openMlpEvaluator(set, width, provider)
  const taken: CurveStep[] = []
  const problem = { start: startingPoint(set, width, seed), rowWeight, regularisation }
  const [fitted] = await fitTogether(evaluator, [problem], products, {
    most: steps,
    signal,
    onStep: ([state]) => {
      taken.push({ time: Date.now(), loss: state!.loss, penalty: state!.penalty, heldOut: null })
      options.onStep?.()
      return false
    },
  })
  const weights = weightsAt(fitted!.point, { dim: features.dim, width, classes: set.classes }, unit)
  const { scale } = scaleShift
  return {
    heads: [
      new MlpHead(
        { ...weights, weight: weights.weight.map((value) => scale * value), bias: scaled(weights.bias, scaleShift) },
        layers,
      ),
    ],
    regularisation,
    tried: [],
    heldOut,
    heldOutLosses,
    converged: true,
    curves: curves
      ? [
          { images: 'folds', regularisation, steps: curve },
          { images: 'all', regularisation, steps: taken },
        ]
      : [],
  }
}
