import type { HeadMethod, Training } from '../../src/head/head-method.js'
import { jointSoftmax } from '../../src/head/linear/joint-softmax.js'

/** Trains at the first call, and gives the same heads at every other: for what is calibrated in several ways. */
export function trainedOnce(method: HeadMethod = jointSoftmax()): HeadMethod {
  let trained: Promise<Training> | undefined
  return { ...method, train: (set, options) => (trained ??= method.train(set, options)) }
}
