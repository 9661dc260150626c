import { openSession, type Provider } from '../../runtime/session.js'
import { addTo } from '../linear/sums.js'
import type { StandardisedSet } from '../standardised-set.js'
import { mlpGraph } from './mlp-graph.js'
import { placesOf, soleGroup, unitRows } from './parameters.js'

/** Loss and gradient of each problem, and its logits of every row, those of weight 0 too. */
export interface MlpAnswer {
  readonly loss: number
  /** As the parameters; see `placesOf`. */
  readonly gradient: Float32Array
  /** Row-major [count × k]. */
  readonly scores: Float32Array
}

/** Computes the training loss of perceptrons on standardised features, and its gradient. */
export interface MlpEvaluator extends AsyncDisposable {
  /** Whether a place of the parameters holds a weight, not a bias. */
  isWeight(place: number): boolean
  /**
   * @param points the parameters of each problem
   * @param rowWeights [count] of each problem; 0 leaves a row out
   */
  evaluate(points: readonly Float64Array[], rowWeights: readonly Float32Array[]): Promise<MlpAnswer[]>
}

/** Most numbers of an activation in memory, and most rows for a run of the graph. */
const blockNumbers = 2 ** 22
const blockRows = 4096

/** Opens an evaluator by ONNX Runtime, for features that are shortened to rows of length 1. */
export async function openMlpEvaluator(
  set: StandardisedSet,
  width: number,
  provider: Provider = 'cpu',
): Promise<MlpEvaluator> {
  const { classes, oldLogSumExp, oldTarget, target } = set
  const { features, standardisation: asTheyAre } = soleGroup(set)
  const standardisation = unitRows(asTheyAre)
  const { dim, count } = features
  const place = placesOf({ dim, width, classes })
  const mean = { dims: [1, dim], data: Float32Array.from(standardisation.mean) }
  const inverseDeviation = { dims: [dim], data: Float32Array.from(standardisation.inverseDeviation) }
  const session = await openSession(mlpGraph(classes, width), provider, { spinning: false })

  async function evaluate(points: readonly Float64Array[], rowWeights: readonly Float32Array[]): Promise<MlpAnswer[]> {
    const problems = points.length
    const joined = (start: number, end: number) => {
      const size = end - start
      const data = new Float32Array(problems * size)
      points.forEach((point, p) => data.set(point.subarray(start, end), p * size))
      return data
    }
    const parameters = {
      hiddenWeight: { dims: [problems * width, dim], data: joined(place.hiddenWeight, place.hiddenBias) },
      hiddenBias: { dims: [problems * width], data: joined(place.hiddenBias, place.weight) },
      weight: { dims: [problems, classes, width], data: joined(place.weight, place.bias) },
      bias: { dims: [problems, 1, classes], data: joined(place.bias, place.end) },
    }
    const answers = points.map(() => ({
      loss: 0,
      gradient: new Float32Array(place.end),
      scores: new Float32Array(count * classes),
    }))
    const most = Math.max(1, Math.min(blockRows, Math.floor(blockNumbers / (problems * Math.max(classes, width)))))
    for (let start = 0; start < count; start += most) {
      const end = Math.min(start + most, count)
      const n = end - start
      const weight = new Float32Array(n * problems)
      rowWeights.forEach((one, p) => {
        for (let row = 0; row < n; row++) weight[row * problems + p] = one[start + row]!
      })
      const results = await session.run(
        {
          features: { dims: [n, dim], data: await features.read(start, end) },
          mean,
          inverseDeviation,
          ...parameters,
          oldLogSumExp: { dims: [n, 1, 1], data: oldLogSumExp.subarray(start, end) },
          oldTarget: { dims: [n, 1, 1], data: oldTarget.subarray(start, end) },
          target: { dims: [n, 1, 1], data: target.subarray(start, end) },
          rowWeight: { dims: [n, problems, 1], data: weight },
        },
        ['loss', 'z', 'hiddenWeightGradient', 'hiddenBiasGradient', 'weightGradient', 'biasGradient'],
      )
      const numbers = (name: string) => results[name]!.data as Float32Array
      const losses = numbers('loss')
      const z = numbers('z')
      answers.forEach((answer, p) => {
        for (let row = 0; row < n; row++) {
          answer.loss += losses[row * problems + p]!
          const from = (row * problems + p) * classes
          answer.scores.set(z.subarray(from, from + classes), (start + row) * classes)
        }
      })
      const add = (name: string, from: number, to: number) => {
        const size = to - from
        const all = numbers(name)
        answers.forEach(({ gradient }, p) => addTo(gradient.subarray(from, to), all.subarray(p * size, (p + 1) * size)))
      }
      add('hiddenWeightGradient', place.hiddenWeight, place.hiddenBias)
      add('hiddenBiasGradient', place.hiddenBias, place.weight)
      add('weightGradient', place.weight, place.bias)
      add('biasGradient', place.bias, place.end)
    }
    return answers
  }

  const isWeight = (i: number) => i < place.hiddenBias || (i >= place.weight && i < place.bias)
  return { evaluate, isWeight, [Symbol.asyncDispose]: () => session.close() }
}
