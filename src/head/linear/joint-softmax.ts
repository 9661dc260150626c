import type { HeadMethod } from '../head-method.js'
import { ortBackend } from './ort-backend.js'
import { train } from './train.js'
import type { TrainingBackend } from './types.js'

/** Trains a linear head beside the base head, in one joint softmax (docs/method.md). */
export function jointSoftmax(backend: TrainingBackend = ortBackend()): HeadMethod {
  return { readsByColumn: true, train: (set, options) => train(set, backend, options) }
}
