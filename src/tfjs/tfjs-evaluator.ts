import { noOldTarget } from '../features/table.js'
import { addTo } from '../head/linear/sums.js'
import type { GroupParameters, LossAndGradient, LossEvaluator } from '../head/linear/types.js'
import type { StandardisedSet } from '../head/standardised-set.js'
import { loadTfjs } from './load.js'

const blockRows = 2048

/**
 * Computes loss and gradient by TensorFlow.js, block by block, with the formulas of `head/linear/loss-graph.ts`. All
 * tensors are disposed of by the end of an evaluation.
 *
 * @throws NpluskError `USAGE` when TensorFlow.js is not installed
 */
export async function openTfjsEvaluator(set: StandardisedSet): Promise<LossEvaluator> {
  const tf = await loadTfjs()
  const { groups, classes, oldLogSumExp, oldTarget, target } = set
  const count = target.length
  const standardisations = groups.map(({ standardisation: { mean, inverseDeviation } }) => ({
    mean: Float32Array.from(mean),
    inverseDeviation: Float32Array.from(inverseDeviation),
  }))

  async function evaluate(parameters: readonly GroupParameters[], rowWeights: Float32Array): Promise<LossAndGradient> {
    const problems = rowWeights.length / count
    const sums = {
      loss: new Float64Array(problems),
      groups: parameters.map(({ weight, bias }) => ({
        weight: new Float32Array(weight.length),
        bias: new Float32Array(bias.length),
      })),
    }
    for (let start = 0; start < count; start += blockRows) {
      const end = Math.min(start + blockRows, count)
      const n = end - start
      const blocks = await Promise.all(groups.map(({ features }) => features.read(start, end)))
      const answers = tf.tidy(() => {
        const inputs = groups.map(({ features }, g) => tf.tensor2d(blocks[g]!, [n, features.dim]))
        const parts = groups.map(({ features, columns }, g) => {
          const { weight, bias } = parameters[g]!
          const { mean, inverseDeviation } = standardisations[g]!
          // Transposes small matrices explicitly: products with transposed operands take half as long again on
          // WebAssembly.
          const w = tf.tensor2d(weight, [bias.length, features.dim]).mul(inverseDeviation)
          const b = tf.tensor1d(bias).sub(w.mul(mean).sum(1))
          const scores = tf.matMul(inputs[g]!, w.transpose() as (typeof inputs)[0]).add(b)
          return tf.reshape(scores, [n, problems, columns]) as ReturnType<typeof tf.tensor3d>
        })
        const z = tf.concat(parts, 2)
        const column = (values: Float32Array) =>
          tf.tile(tf.tensor3d(values.subarray(start, end), [n, 1, 1]), [1, problems, 1])
        // `oneHot` would write outside its memory on WebAssembly for a target of -1.
        const own = tf.tensor3d(target.subarray(start, end), [n, 1, 1]).equal(tf.range(0, classes, 1, 'int32'))
        const zOfTarget = tf.where(own, z, tf.fill(z.shape, noOldTarget))
        const all = tf.logSumExp(tf.concat([column(oldLogSumExp), z], 2), 2, true)
        const right = tf.logSumExp(tf.concat([column(oldTarget), zOfTarget], 2), 2, true)
        const share = tf.tensor3d(rowWeights.subarray(start * problems, end * problems), [n, problems, 1])
        const zGradient = z.sub(all).exp().sub(zOfTarget.sub(right).exp()).mul(share)
        const byGroup = tf.split(
          zGradient,
          groups.map(({ columns }) => columns),
          2,
        )
        return {
          loss: all.sub(right).mul(share).sum(0),
          groups: byGroup.map((ofGroup, g) => {
            const { mean, inverseDeviation } = standardisations[g]!
            const columns = problems * groups[g]!.columns
            const flat = ofGroup.reshape([n, columns])
            const bias = flat.sum(0)
            const rawGradient = tf.matMul(inputs[g]!, flat as (typeof inputs)[0], true).transpose()
            const weight = rawGradient.sub(bias.reshape([columns, 1]).mul(mean)).mul(inverseDeviation)
            return { weight, bias }
          }),
        }
      })
      try {
        const losses = await answers.loss.data()
        for (let p = 0; p < problems; p++) sums.loss[p]! += losses[p]!
        for (const [g, { weight, bias }] of answers.groups.entries()) {
          addTo(sums.groups[g]!.weight, (await weight.data()) as Float32Array)
          addTo(sums.groups[g]!.bias, (await bias.data()) as Float32Array)
        }
      } finally {
        tf.dispose([answers.loss, ...answers.groups.flatMap(({ weight, bias }) => [weight, bias])])
      }
    }
    return sums
  }

  return { evaluate, [Symbol.asyncDispose]: () => Promise.resolve() }
}
