import { noOldTarget } from '../bottleneck/table.js'
import { addTo } from '../head/sums.js'
import type { LossAndGradient, LossEvaluator, TrainingSet } from '../head/types.js'
import { loadTfjs } from './load.js'

const blockRows = 2048

/**
 * Loss and gradient by TensorFlow.js, block by block; the formulas are those of `head/loss-graph.ts`. No tensor outlives an
 * evaluation.
 *
 * @throws NpluskError `USAGE` when TensorFlow.js is not installed
 */
export async function openTfjsEvaluator(set: TrainingSet): Promise<LossEvaluator> {
  const tf = await loadTfjs()
  const { features, classes, oldScore, oldTarget, target } = set

  async function evaluate(
    weight: Float32Array,
    bias: Float32Array,
    rowWeights: Float32Array,
  ): Promise<LossAndGradient> {
    const columns = bias.length
    const problems = columns / classes
    const sums: LossAndGradient = {
      loss: new Float64Array(problems),
      weight: new Float64Array(weight.length),
      bias: new Float64Array(columns),
    }
    for (let start = 0; start < features.count; start += blockRows) {
      const end = Math.min(start + blockRows, features.count)
      const n = end - start
      const block = await features.read(start, end)
      const answers = tf.tidy(() => {
        const x = tf.tensor2d(block, [n, features.dim])
        // Small matrices are transposed by themselves: as operands of a product they cost WebAssembly half as much again.
        const w = tf.tensor2d(weight, [columns, features.dim]).transpose()
        const scores = tf.matMul(x, w as typeof x).add(tf.tensor1d(bias))
        const z = scores.reshape([n, problems, classes]) as typeof scores
        const column = (values: Float32Array) =>
          tf.tile(tf.tensor3d(values.subarray(start, end), [n, 1, 1]), [1, problems, 1])
        // Not oneHot: for a target of -1 its WebAssembly kernel writes outside its memory.
        const own = tf.tensor3d(target.subarray(start, end), [n, 1, 1]).equal(tf.range(0, classes, 1, 'int32'))
        const zOfTarget = tf.where(own, z, tf.fill(z.shape, noOldTarget))
        const all = tf.logSumExp(tf.concat([column(oldScore), z], 2), 2, true)
        const right = tf.logSumExp(tf.concat([column(oldTarget), zOfTarget], 2), 2, true)
        const share = tf.tensor3d(rowWeights.subarray(start * problems, end * problems), [n, problems, 1])
        const zGradient = z.sub(all).exp().sub(zOfTarget.sub(right).exp()).mul(share).reshape([n, columns])
        return {
          loss: all.sub(right).mul(share).sum(0),
          weight: tf.matMul(x, zGradient as typeof x, true).transpose(),
          bias: zGradient.sum(0),
        }
      })
      try {
        addTo(sums.loss, (await answers.loss.data()) as Float32Array)
        addTo(sums.weight, (await answers.weight.data()) as Float32Array)
        addTo(sums.bias, (await answers.bias.data()) as Float32Array)
      } finally {
        tf.dispose(answers)
      }
    }
    return sums
  }

  return { evaluate, close: () => Promise.resolve() }
}
