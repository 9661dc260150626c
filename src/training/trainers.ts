import { ortBackend } from '../head/ort-backend.js'
import type { TrainingBackend } from '../head/types.js'
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

/** @param provider where ONNX Runtime runs; TensorFlow.js takes what it finds */
export function trainerOf(trainer: Trainer, provider: Provider): TrainingBackend {
  if (trainer === 'onnxruntime') return ortBackend(provider)
  return {
    open: async (...what) => (await import('../tfjs/tfjs-evaluator.js')).openTfjsEvaluator(...what),
    compact: false,
  }
}
