import { noOldTarget } from '../features/table.js'
import { addTo } from '../head/linear/sums.js'
import type { LossAndGradient, LossEvaluator } from '../head/linear/types.js'
import { loadTfjs } from './load.js'
import type { Standardisation } from '../head/standardise.js'
import type { TrainingSet } from '../head/training-set.js'

const blockRows = 2048

/**
 * Computes loss and gradient by TensorFlow.js, block by block, with the formulas of `head/linear/loss-graph.ts`. All
 * tensors are disposed of by the end of an evaluation.
 *
 * @throws NpluskError `USAGE` when TensorFlow.js is not installed
 */
export async function openTfjsEvaluator(set: TrainingSet, standardisation: Standardisation): Promise<LossEvaluator> {
  const tf = await loadTfjs()
  const mean = Float32Array.from(standardisation.mean)
  const inverseDeviation = Float32Array.from(standardisation.inverseDeviation)
  const { features, classes, oldLogSumExp, oldTarget, target } = set

  async function evaluate(
    weight: Float32Array,
    bias: Float32Array,
    rowWeights: Float32Array,
  ): Promise<LossAndGradient> {
    const columns = bias.length
    const problems = columns / classes
    const sums: LossAndGradient = {
      loss: new Float64Array(problems),
      weight: new Float32Array(weight.length),
      bias: new Float32Array(columns),
    }
    for (let start = 0; start < features.count; start += blockRows) {
      const end = Math.min(start + blockRows, features.count)
      const n = end - start
      const block = await features.read(start, end)
      const answers = tf.tidy(() => {
        const x = tf.tensor2d(block, [n, features.dim])
        // Transposes small matrices explicitly: products with transposed operands take half as long again on
        // WebAssembly.
        const w = tf.tensor2d(weight, [columns, features.dim]).mul(inverseDeviation)
        const b = tf.tensor1d(bias).sub(w.mul(mean).sum(1))
        const scores = tf.matMul(x, w.transpose() as typeof x).add(b)
        const z = scores.reshape([n, problems, classes]) as typeof scores
        const column = (values: Float32Array) =>
          tf.tile(tf.tensor3d(values.subarray(start, end), [n, 1, 1]), [1, problems, 1])
        // `oneHot` would write outside its memory on WebAssembly for a target of -1.
        const own = tf.tensor3d(target.subarray(start, end), [n, 1, 1]).equal(tf.range(0, classes, 1, 'int32'))
        const zOfTarget = tf.where(own, z, tf.fill(z.shape, noOldTarget))
        const all = tf.logSumExp(tf.concat([column(oldLogSumExp), z], 2), 2, true)
        const right = tf.logSumExp(tf.concat([column(oldTarget), zOfTarget], 2), 2, true)
        const share = tf.tensor3d(rowWeights.subarray(start * problems, end * problems), [n, problems, 1])
        const zGradient = z.sub(all).exp().sub(zOfTarget.sub(right).exp()).mul(share).reshape([n, columns])
        const biasGradient = zGradient.sum(0)
        const rawGradient = tf.matMul(x, zGradient as typeof x, true).transpose()
        return {
          loss: all.sub(right).mul(share).sum(0),
          weight: rawGradient.sub(biasGradient.reshape([columns, 1]).mul(mean)).mul(inverseDeviation),
          bias: biasGradient,
        }
      })
      try {
        const losses = await answers.loss.data()
        for (let p = 0; p < problems; p++) sums.loss[p]! += losses[p]!
        addTo(sums.weight, (await answers.weight.data()) as Float32Array)
        addTo(sums.bias, (await answers.bias.data()) as Float32Array)
      } finally {
        tf.dispose(answers)
      }
    }
    return sums
  }

  return { evaluate, [Symbol.asyncDispose]: () => Promise.resolve() }
}
