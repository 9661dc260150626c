import { openSession, type Provider } from '../runtime/session.js'
import { lossGraph } from './loss-graph.js'
import { addTo } from './sums.js'
import type { LossAndGradient, LossEvaluator, TrainingSet } from './types.js'

/** Rows that go through the graph at once: bounds the memory of one evaluation. */
const blockRows = 4096

/** Loss and gradient by ONNX Runtime; features are read block by block, sums are kept in float64. */
export async function openOrtEvaluator(set: TrainingSet, provider: Provider = 'cpu'): Promise<LossEvaluator> {
  const { features, classes, oldScore, oldTarget, target } = set
  const session = await openSession(lossGraph(classes), provider, { spinning: false })
  let sums = emptySums(0, 0, 0)

  async function evaluate(
    weight: Float32Array,
    bias: Float32Array,
    rowWeights: Float32Array,
  ): Promise<LossAndGradient> {
    const problems = bias.length / classes
    if (sums.loss.length !== problems) sums = emptySums(problems, weight.length, bias.length)
    for (const sum of [sums.loss, sums.weight, sums.bias]) sum.fill(0)
    for (let start = 0; start < features.count; start += blockRows) {
      const end = Math.min(start + blockRows, features.count)
      const n = end - start
      const results = await session.run(
        {
          features: { dims: [n, features.dim], data: await features.read(start, end) },
          weight: { dims: [bias.length, features.dim], data: weight },
          bias: { dims: [bias.length], data: bias },
          oldScore: { dims: [n, 1, 1], data: oldScore.subarray(start, end) },
          oldTarget: { dims: [n, 1, 1], data: oldTarget.subarray(start, end) },
          target: { dims: [n, 1, 1], data: target.subarray(start, end) },
          rowWeight: { dims: [n, problems, 1], data: rowWeights.subarray(start * problems, end * problems) },
        },
        ['loss', 'weightGradient', 'biasGradient'],
      )
      const loss = results['loss']!.data as Float32Array
      for (let i = 0; i < loss.length; i++) sums.loss[i % problems]! += loss[i]!
      addTo(sums.weight, results['weightGradient']!.data as Float32Array)
      addTo(sums.bias, results['biasGradient']!.data as Float32Array)
    }
    return sums
  }

  return { evaluate, close: () => session.close() }
}

function emptySums(problems: number, weights: number, biases: number): LossAndGradient {
  return {
    loss: new Float64Array(problems),
    weight: new Float64Array(weights),
    bias: new Float64Array(biases),
  }
}
