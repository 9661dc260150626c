import { openSession, type Provider } from '../../runtime/session.js'
import { lossGraph } from './loss-graph.js'
import { addTo } from './sums.js'
import type { LossAndGradient, LossEvaluator } from './types.js'
import type { Standardisation } from '../standardise.js'
import type { TrainingSet } from '../training-set.js'

/** Rows per run of the graph; limits the memory of an evaluation. */
const blockRows = 4096

/**
 * Computes loss and gradient by ONNX Runtime. Raw features are read block by block, and losses are summed in float64.
 *
 * @param graphOf the loss, by the number of classes; of the form of `frameLoss`
 */
export async function openOrtEvaluator(
  set: TrainingSet,
  standardisation: Standardisation,
  provider: Provider = 'cpu',
  graphOf: (classes: number) => Uint8Array = lossGraph,
): Promise<LossEvaluator> {
  const { features, classes, oldLogSumExp, oldTarget, target } = set
  const mean = Float32Array.from(standardisation.mean)
  const inverseDeviation = Float32Array.from(standardisation.inverseDeviation)
  const session = await openSession(graphOf(classes), provider, { spinning: false })

  async function evaluate(
    weight: Float32Array,
    bias: Float32Array,
    rowWeights: Float32Array,
  ): Promise<LossAndGradient> {
    const problems = bias.length / classes
    const loss = new Float64Array(problems)
    let gradient: Pick<LossAndGradient, 'weight' | 'bias'> | undefined
    for (let start = 0; start < features.count; start += blockRows) {
      const end = Math.min(start + blockRows, features.count)
      const n = end - start
      const results = await session.run(
        {
          features: { dims: [n, features.dim], data: await features.read(start, end) },
          mean: { dims: [1, features.dim], data: mean },
          inverseDeviation: { dims: [features.dim], data: inverseDeviation },
          weight: { dims: [bias.length, features.dim], data: weight },
          bias: { dims: [bias.length], data: bias },
          oldLogSumExp: { dims: [n, 1, 1], data: oldLogSumExp.subarray(start, end) },
          oldTarget: { dims: [n, 1, 1], data: oldTarget.subarray(start, end) },
          target: { dims: [n, 1, 1], data: target.subarray(start, end) },
          rowWeight: { dims: [n, problems, 1], data: rowWeights.subarray(start * problems, end * problems) },
        },
        ['loss', 'weightGradient', 'biasGradient'],
      )
      addLosses(loss, results['loss']!.data as Float32Array)
      const weightGradient = results['weightGradient']!.data as Float32Array
      const biasGradient = results['biasGradient']!.data as Float32Array
      if (gradient === undefined) {
        gradient = { weight: weightGradient, bias: biasGradient }
      } else {
        addTo(gradient.weight, weightGradient)
        addTo(gradient.bias, biasGradient)
      }
    }
    return { loss, ...gradient! }
  }

  return { evaluate, [Symbol.asyncDispose]: () => session.close() }
}

/** @param losses row-major [rows × problems] */
function addLosses(sum: Float64Array, losses: Float32Array): void {
  for (let i = 0; i < losses.length; i++) sum[i % sum.length]! += losses[i]!
}
