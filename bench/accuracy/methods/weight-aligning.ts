import { mergedOf } from '../merged.js'
import { classifierOf } from '../answers.js'
import { trainingSetOf, trainJointly } from './joint-training.js'
import type { Method } from './method.js'
import { narrow, widen } from './narrow.js'
import { meanColumnNorm } from './norms.js'

/**
 * Weight Aligning: the joint head, its weights scaled so that new and old columns have the same mean norm (Zhao et al.,
 * Maintaining discrimination and fairness in class incremental learning, CVPR 2020). Norms compare on equal features
 * only: the bottleneck.
 */
export const weightAligning: Method = {
  name: 'Weight Aligning',
  about: 'joint head scaled to the mean norm of the old columns; bottleneck alone',
  async train({ increments, rehearsal, baseHead, seed }) {
    const { size } = baseHead
    const onBottleneck = increments.map(({ increment, table }) => ({ increment, table: narrow(table, size) }))
    const head = await trainJointly(trainingSetOf(onBottleneck, narrow(rehearsal, size)), seed)
    const columns = Float32Array.from(
      head.weight,
      (_, i) => head.weight[(i % size) * head.columns + Math.floor(i / size)]!,
    )
    const factor = meanColumnNorm(baseHead.kernel, size) / meanColumnNorm(columns, size)
    const aligned = { ...head, weight: head.weight.map((value) => value * factor) }
    const all = widen(aligned, increments[0]!.table.dim)
    return classifierOf(all, mergedOf(increments))
  },
}
