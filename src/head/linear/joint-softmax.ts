import type { HeadMethod } from '../head-method.js'
import { ortBackend } from './ort-backend.js'
import { train } from './train.js'
import type { TrainingBackend } from './types.js'

/** A linear head that is trained beside the old one, in one softmax with it (docs/method.md). */
export function jointSoftmax(backend: TrainingBackend = ortBackend()): HeadMethod {
  return { train: (set, options) => train(set, backend, options) }
}
