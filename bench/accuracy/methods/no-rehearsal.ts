import { mergedOf } from '../merged.js'
import { classifierOf } from '../answers.js'
import { trainingSetOf, trainJointly } from './joint-training.js'
import type { Method } from './method.js'

/** The joint softmax on new images alone: nothing holds the new logits back where there is no new class. */
export const noRehearsal: Method = {
  name: 'joint, no rehearsal',
  about: 'the joint softmax over all classes, trained on new images alone',
  async train({ increments, seed }) {
    const head = await trainJointly(trainingSetOf(increments, undefined), seed)
    return classifierOf(head, mergedOf(increments))
  },
}
