import { NpluskError } from '../core/errors.js'
import { leastLoss } from '../head/choose-kind.js'
import { headKinds, type HeadChoice, type HeadKind } from '../head/head-kind.js'
import type { HeadMethod } from '../head/head-method.js'
import { jointSoftmax } from '../head/linear/joint-softmax.js'
import { ortBackend } from '../head/linear/ort-backend.js'
import { perceptron } from '../head/mlp/perceptron.js'
import { supportVectors } from '../head/svm/support-vectors.js'
import type { Provider } from '../runtime/session.js'

/** What computes loss and gradient in training; TensorFlow.js must be installed separately. */
export type Trainer = 'onnxruntime' | 'tfjs'

const trainers: readonly Trainer[] = ['onnxruntime', 'tfjs']

/**
 * Fails early when the chosen trainer is none, or not installed.
 *
 * @throws NpluskError `USAGE`, for one that is not installed naming the package to install
 */
export async function checkTrainer(trainer: Trainer): Promise<void> {
  if (!trainers.includes(trainer)) {
    throw new NpluskError('USAGE', `trainer must be ${trainers.join(' or ')}, not ${String(trainer)}.`)
  }
  if (trainer === 'tfjs') await (await import('../tfjs/load.js')).loadTfjs()
}

/**
 * Fails early when the chosen trainer does not train heads of a kind.
 *
 * @throws NpluskError `USAGE`
 */
export function checkTrains(trainer: Trainer, head: HeadChoice): void {
  if (trainer === 'onnxruntime' || head === 'softmax') return
  throw new NpluskError('USAGE', `TensorFlow.js trains softmax heads alone, not ${head}.`, {
    remedy: { kind: 'leave-out', option: 'trainer' },
  })
}

/**
 * The training method of a trainer.
 *
 * @param provider where ONNX Runtime runs; TensorFlow.js uses the fastest backend that it finds
 * @param head the kind of head; TensorFlow.js trains `softmax` alone
 */
export function methodOf(trainer: Trainer, provider: Provider, head: HeadChoice): HeadMethod {
  checkTrains(trainer, head)
  if (trainer === 'onnxruntime') return head === 'auto' ? leastLoss(headKinds.map(methodOfKind)) : methodOfKind(head)
  return jointSoftmax({
    open: async (...what) => (await import('../tfjs/tfjs-evaluator.js')).openTfjsEvaluator(...what),
    compact: false,
  })

  function methodOfKind(kind: HeadKind): HeadMethod {
    switch (kind) {
      case 'softmax':
        return jointSoftmax(ortBackend(provider))
      case 'svm':
        return supportVectors(provider)
      case 'mlp':
        return perceptron(provider)
    }
  }
}
