import type { HeadMethod } from '../head/head-method.js'
import { jointSoftmax } from '../head/linear/joint-softmax.js'
import { ortBackend } from '../head/linear/ort-backend.js'
import type { Provider } from '../runtime/session.js'

/** What computes loss and gradient in training; TensorFlow.js has to be installed beside nplusk. */
export type Trainer = 'onnxruntime' | 'tfjs'

/**
 * Fails early where the backend asked for is not there.
 *
 * @throws NpluskError `USAGE` naming what to install
 */
export async function checkTrainer(trainer: Trainer | undefined): Promise<void> {
  if (trainer === 'tfjs') await (await import('../tfjs/load.js')).loadTfjs()
}

/** How heads are trained. @param provider where ONNX Runtime runs; TensorFlow.js takes what it finds */
export function methodOf(trainer: Trainer, provider: Provider): HeadMethod {
  if (trainer === 'onnxruntime') return jointSoftmax(ortBackend(provider))
  return jointSoftmax({
    open: async (...what) => (await import('../tfjs/tfjs-evaluator.js')).openTfjsEvaluator(...what),
    compact: false,
  })
}
