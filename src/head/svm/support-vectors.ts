import type { Provider } from '../../runtime/session.js'
import type { HeadMethod } from '../head-method.js'
import { fitScaleShift } from '../scale-shift.js'
import { openOrtEvaluator } from '../linear/ort-evaluator.js'
import { train } from '../linear/train.js'
import type { OtherLoss, TrainingBackend } from '../linear/types.js'
import { hingeGraph } from './hinge-graph.js'

/** A usual scale of margins, in nats, for where there is nothing to fit it by (docs/lab-notes.md). */
const usualScale = 5

/** How much more strongly than those of a joint softmax weights are held back (docs/lab-notes.md). */
const strength = 3e4

/**
 * Trains a support vector machine for each class against all the rest, old images among them, and calibrates it into
 * the joint softmax (docs/method.md). The result is a linear head.
 */
export function supportVectors(provider: Provider = 'cpu'): HeadMethod {
  const backend: TrainingBackend = {
    open: (set) => openOrtEvaluator(set, provider, hingeGraph),
    compact: true,
    loss: { kind: 'svm', startingBias: 0, calibrate },
  }
  return {
    readsByColumn: true,
    train: (set, options) =>
      train(set, backend, { ...options, regularisations: options.regularisations.map((one) => strength * one) }),
  }
}

/** Where there is nothing to fit by, a margin of 0 is as likely as all old classes. */
const calibrate: OtherLoss['calibrate'] = (rows, scores, rowWeight) => {
  const meanLogSumExp = rows.oldLogSumExp.reduce((sum, one) => sum + one, 0) / rows.oldLogSumExp.length
  return fitScaleShift(rows, scores, rowWeight, { scale: usualScale, shift: meanLogSumExp })
}
