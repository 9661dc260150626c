import type { Provider } from '../../runtime/session.js'
import { openOrtEvaluator } from './ort-evaluator.js'
import type { TrainingBackend } from './types.js'

/** Trains with ONNX Runtime. */
export function ortBackend(provider: Provider = 'cpu'): TrainingBackend {
  return { open: (set) => openOrtEvaluator(set, provider), compact: true }
}
