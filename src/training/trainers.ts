import type { HeadMethod } from '../head/head-method.js'
import { jointSoftmax } from '../head/linear/joint-softmax.js'
import { ortBackend } from '../head/linear/ort-backend.js'
import type { Provider } from '../runtime/session.js'

/** What computes loss and gradient in training; TensorFlow.js must be installed separately. */
export type Trainer = 'onnxruntime' | 'tfjs'

/**
 * Fails early when the chosen trainer is not installed.
 *
 * @throws NpluskError `USAGE` naming the package to install
 */
export async function checkTrainer(trainer: Trainer | undefined): Promise<void> {
  if (trainer === 'tfjs') await (await import('../tfjs/load.js')).loadTfjs()
}

/**
 * The training method of a trainer.
 *
 * @param provider where ONNX Runtime runs; TensorFlow.js uses the fastest backend that it finds
 */
export function methodOf(trainer: Trainer, provider: Provider): HeadMethod {
  if (trainer === 'onnxruntime') return jointSoftmax(ortBackend(provider))
  return jointSoftmax({
    open: async (...what) => (await import('../tfjs/tfjs-evaluator.js')).openTfjsEvaluator(...what),
    compact: false,
  })
}
