import { openOrtEvaluator } from '../../src/head/linear/ort-evaluator.js'
import { ortBackend } from '../../src/head/linear/ort-backend.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardiseSet } from '../../src/head/standardised-set.js'
import { train } from '../../src/head/linear/train.js'
import { buildTrainingSet, type TrainingSet } from '../../src/head/training-set.js'
import { createRandom } from '../../src/math/random.js'
import type { Provider } from '../../src/runtime/session.js'
import { regularisations } from '../../src/head/regularisations.js'
import { median } from '../speed/rounds.js'
import { inMemory, syntheticTable } from '../speed/scale/synthetic-table.js'

/** Clouds of features, one a class, beside 1000 old ones. */
export function syntheticSet({ images, classes }: { readonly images: number; readonly classes: number }): TrainingSet {
  const table = inMemory(syntheticTable({ count: images, dim: 2048, classes, separation: 0.2, seed: 1 }))
  const rehearsal = inMemory(syntheticTable({ count: 1000, dim: 2048, classes: 0, separation: 0, seed: 2 }))
  return buildTrainingSet({ added: table, classes, rehearsal })
}

/** Seconds of one evaluation of loss and gradient (the median of five, after one), and the gradient. */
export async function timeEvaluation(
  set: TrainingSet,
  provider: Provider,
): Promise<{ readonly seconds: number; readonly gradient: Float64Array }> {
  const { classes } = set
  const { features } = set.groups[0]!
  const random = createRandom('weights')
  const weight = Float32Array.from({ length: features.dim * classes }, () => 0.01 * random.normal())
  const rowWeight = rowWeights(set)
  await using evaluator = await openOrtEvaluator(await standardiseSet(set, rowWeight), provider)
  const times: number[] = []
  let gradient = new Float64Array()
  for (let run = 0; run < 6; run++) {
    const start = performance.now()
    const { groups } = await evaluator.evaluate([{ weight, bias: new Float32Array(classes) }], rowWeight)
    times.push((performance.now() - start) / 1000)
    gradient = Float64Array.from(groups[0]!.weight)
  }
  return { seconds: median(times.slice(1)), gradient }
}

/** One whole training: its seconds, the evaluations of its last fit, and loss plus penalty at the end. */
export async function timeTraining(
  set: TrainingSet,
  provider: Provider,
): Promise<{ readonly seconds: number; readonly evaluations: number; readonly loss: number }> {
  const start = performance.now()
  const { fit } = await train(set, ortBackend(provider), { regularisations, seed: 0 })
  return { seconds: (performance.now() - start) / 1000, evaluations: fit.evaluations, loss: fit.loss }
}

/** |a − b| / |b| */
export function relativeDifference(a: Float64Array, b: Float64Array): number {
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return norm(a.map((value, i) => value - b[i]!)) / norm(b)
}
