import { openOrtEvaluator } from '../head/ort-evaluator.js'
import type { LossEvaluator, TrainingSet } from '../head/types.js'
import type { Provider } from '../runtime/session.js'
import type { Trainer } from './types.js'

/** Opens the backend that computes loss and gradient of a training set. */
export type OpenEvaluator = (set: TrainingSet) => Promise<LossEvaluator>

/**
 * Fails early where the backend asked for is not there.
 *
 * @throws NpluskError `USAGE` naming what to install
 */
export async function checkTrainer(trainer: Trainer | undefined): Promise<void> {
  if (trainer === 'tfjs') await (await import('../tfjs/load.js')).loadTfjs()
}

/** @param provider where ONNX Runtime runs; TensorFlow.js takes what it finds */
export function trainerOf(trainer: Trainer, provider: Provider): OpenEvaluator {
  if (trainer === 'onnxruntime') return (set) => openOrtEvaluator(set, provider)
  return async (set) => (await import('../tfjs/tfjs-evaluator.js')).openTfjsEvaluator(set)
}
