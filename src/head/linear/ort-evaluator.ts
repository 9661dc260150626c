import { openSession, type Provider } from '../../runtime/session.js'
import type { StandardisedSet } from '../standardised-set.js'
import { suffixOf } from './loss-frame.js'
import { lossGraph } from './loss-graph.js'
import { addTo } from './sums.js'
import type { GroupParameters, LossAndGradient, LossEvaluator } from './types.js'

/** Rows per run of the graph; limits the memory of an evaluation. */
const blockRows = 4096

/**
 * Computes loss and gradient by ONNX Runtime. Raw features are read block by block, and losses are summed in float64.
 *
 * @param graphOf the loss, by the number of columns of each group; of the form of `frameLoss`
 */
export async function openOrtEvaluator(
  { groups, oldLogSumExp, oldTarget, target }: StandardisedSet,
  provider: Provider = 'cpu',
  graphOf: (columns: readonly number[]) => Uint8Array = lossGraph,
): Promise<LossEvaluator> {
  const count = target.length
  const standardisations = groups.map(({ features: { dim }, standardisation: { mean, inverseDeviation } }, g) => ({
    [`mean${suffixOf(g)}`]: { dims: [1, dim], data: Float32Array.from(mean) },
    [`inverseDeviation${suffixOf(g)}`]: { dims: [dim], data: Float32Array.from(inverseDeviation) },
  }))
  const gradients = groups.map((_, g) => [`weightGradient${suffixOf(g)}`, `biasGradient${suffixOf(g)}`] as const)
  const session = await openSession(graphOf(groups.map(({ columns }) => columns)), provider, { spinning: false })

  /** The inputs of a group, for rows `start` to `end`. */
  async function inputsOf(g: number, { weight, bias }: GroupParameters, start: number, end: number) {
    const { features } = groups[g]!
    return {
      ...standardisations[g],
      [`features${suffixOf(g)}`]: { dims: [end - start, features.dim], data: await features.read(start, end) },
      [`weight${suffixOf(g)}`]: { dims: [bias.length, features.dim], data: weight },
      [`bias${suffixOf(g)}`]: { dims: [bias.length], data: bias },
    }
  }

  async function evaluate(parameters: readonly GroupParameters[], rowWeights: Float32Array): Promise<LossAndGradient> {
    const problems = rowWeights.length / count
    const loss = new Float64Array(problems)
    let sums: GroupParameters[] | undefined
    for (let start = 0; start < count; start += blockRows) {
      const end = Math.min(start + blockRows, count)
      const n = end - start
      const own = await Promise.all(parameters.map((one, g) => inputsOf(g, one, start, end)))
      const results = await session.run(
        {
          ...Object.assign({}, ...own),
          oldLogSumExp: { dims: [n, 1, 1], data: oldLogSumExp.subarray(start, end) },
          oldTarget: { dims: [n, 1, 1], data: oldTarget.subarray(start, end) },
          target: { dims: [n, 1, 1], data: target.subarray(start, end) },
          rowWeight: { dims: [n, problems, 1], data: rowWeights.subarray(start * problems, end * problems) },
        },
        ['loss', ...gradients.flat()],
      )
      addLosses(loss, results['loss']!.data as Float32Array)
      const found = gradients.map(([weight, bias]) => ({
        weight: results[weight]!.data as Float32Array,
        bias: results[bias]!.data as Float32Array,
      }))
      sums?.forEach((sum, g) => {
        addTo(sum.weight, found[g]!.weight)
        addTo(sum.bias, found[g]!.bias)
      })
      sums ??= found
    }
    return { loss, groups: sums! }
  }

  return { evaluate, [Symbol.asyncDispose]: () => session.close() }
}

/** @param losses row-major [rows × problems] */
function addLosses(sum: Float64Array, losses: Float32Array): void {
  for (let i = 0; i < losses.length; i++) sum[i % sum.length]! += losses[i]!
}
