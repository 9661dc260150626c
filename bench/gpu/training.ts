import { openOrtEvaluator } from '../../src/head/ort-evaluator.js'
import type { TrainingSet } from '../../src/head/types.js'
import { createRandom } from '../../src/math/random.js'
import type { Provider } from '../../src/runtime/session.js'

/** A training problem of the size that 750 images in three views make beside 1000 old ones in two: noise, as time is all that counts. */
export function noise({ dim, classes }: { readonly dim: number; readonly classes: number }): TrainingSet {
  const count = 750 * 3 + 1000 * 2
  const random = createRandom('gpu')
  const all = Float32Array.from({ length: count * dim }, () => random.normal())
  return {
    classes,
    features: { count, dim, read: (start, end) => all.subarray(start * dim, end * dim) },
    oldScore: new Float32Array(count).fill(10),
    oldTarget: new Float32Array(count).fill(10),
    target: Int32Array.from({ length: count }, (_, row) => (row < 750 * 3 ? row % classes : -1)),
    image: Int32Array.from({ length: count }, (_, row) => row),
  }
}

/** Seconds of one evaluation of loss and gradient (the median of some), and the gradient. */
export async function timeTraining(
  set: TrainingSet,
  provider: Provider,
): Promise<{ readonly seconds: number; readonly gradient: Float64Array }> {
  const { features, classes } = set
  const random = createRandom('weights')
  const weight = Float32Array.from({ length: features.dim * classes }, () => 0.01 * random.normal())
  const ones = new Float32Array(features.count).fill(1 / features.count)
  const evaluator = await openOrtEvaluator(set, provider)
  try {
    const times: number[] = []
    let gradient = new Float64Array()
    for (let run = 0; run < 6; run++) {
      const start = performance.now()
      gradient = (await evaluator.evaluate(weight, new Float32Array(classes), ones)).weight as Float64Array<ArrayBuffer>
      times.push((performance.now() - start) / 1000)
    }
    // The first run allocates, and on a GPU chooses its kernels.
    return { seconds: times.slice(1).sort((a, b) => a - b)[2]!, gradient }
  } finally {
    await evaluator.close()
  }
}

/** |a − b| / |b| */
export function relativeDifference(a: Float64Array, b: Float64Array): number {
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return norm(a.map((value, i) => value - b[i]!)) / norm(b)
}
