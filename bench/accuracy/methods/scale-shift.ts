import { openMatrixProducts } from '../../../src/head/ort-matrix-products.js'
import { lbfgs } from '../../../src/math/lbfgs.js'
import { logAddExp, logSumExp } from '../../../src/math/softmax.js'
import { LinearHead } from '../../../src/head/linear/linear-head.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'
import type { TrainingSet } from '../../../src/head/training-set.js'

/** New logits become scale · z + shift. */
export interface ScaleShift {
  readonly scale: number
  readonly shift: number
}

/**
 * One scale and one shift for all new logits, by the joint softmax loss over given rows: BiC's bias correction (Wu et
 * al., Large scale incremental learning, CVPR 2019), and what imprinted weights need to stand beside an old head.
 *
 * @param scores row-major [count × k]: new logits
 * @param rowWeight [count]
 */
export async function fitScaleShift(
  {
    classes: k,
    oldLogSumExp,
    oldTarget,
    target,
  }: Pick<TrainingSet, 'classes' | 'oldLogSumExp' | 'oldTarget' | 'target'>,
  scores: Float32Array,
  rowWeight: Float32Array,
): Promise<ScaleShift> {
  await using products = await openMatrixProducts()
  const search = lbfgs(Float64Array.of(1, 0), products, { gradientTolerance: 1e-8, valueTolerance: 1e-12 })
  let next = await search.next()
  while (!next.done) {
    const [scale, shift] = next.value as unknown as [number, number]
    const z = Float64Array.from(scores, (score) => scale * score + shift)
    const gradient = new Float32Array(2)
    let value = 0
    for (let row = 0; row < oldLogSumExp.length; row++) {
      const weight = rowWeight[row]!
      if (weight === 0) continue
      const label = target[row]!
      const all = logAddExp(oldLogSumExp[row]!, logSumExp(z, row * k, k))
      const right = label < 0 ? oldTarget[row]! : logAddExp(oldTarget[row]!, z[row * k + label]!)
      value += weight * (all - right)
      for (let c = 0; c < k; c++) {
        const place = row * k + c
        const wanted = c === label ? Math.exp(z[place]! - right) : 0
        const slope = weight * (Math.exp(z[place]! - all) - wanted)
        gradient[0]! += slope * scores[place]!
        gradient[1]! += slope
      }
    }
    next = await search.next({ value, gradient })
  }
  const [scale, shift] = next.value.x as unknown as [number, number]
  return { scale, shift }
}

export function scaled(head: LinearWeights, { scale, shift }: ScaleShift): LinearHead {
  return new LinearHead({
    ...head,
    weight: head.weight.map((value) => value * scale),
    bias: head.bias.map((value) => value * scale + shift),
  })
}
