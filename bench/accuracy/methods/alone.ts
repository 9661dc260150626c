import { noOldTarget } from '../../../src/features/table.js'
import { mergedOf } from '../merged.js'
import { classifierOf } from '../answers.js'
import { trainingSetOf, trainJointly } from './joint-training.js'
import type { Method } from './method.js'

/** Softmax regression on the new classes alone, its logits put beside the old ones as they are. */
export const alone: Method = {
  name: 'k classes alone',
  about: 'softmax regression on the new classes, concatenated as it is',
  async train({ increments, seed }) {
    const set = trainingSetOf(increments, undefined)
    // An old score of log 0 takes the old classes out of the softmax.
    const withoutOld = { ...set, oldLogSumExp: new Float32Array(set.target.length).fill(noOldTarget) }
    const head = await trainJointly({ ...withoutOld, oldTarget: withoutOld.oldLogSumExp }, seed)
    return classifierOf(head, mergedOf(increments))
  },
}
