import type { ValueAndGradient } from '../../math/lbfgs.js'
import type { LossAndGradient } from './types.js'

/** Loss plus penalty of one problem, and their gradient with respect to [V, c/s]. */
export function toEvaluation(
  {
    parameters,
    gradient,
    regularisation,
  }: { readonly parameters: Float64Array; readonly gradient: Float32Array; readonly regularisation: number },
  { loss, weight, bias }: LossAndGradient,
  problem: number,
  biasScale: number,
): ValueAndGradient & { readonly penalty: number } {
  const k = bias.length / loss.length
  const size = weight.length / loss.length
  const squares = addPenalty(
    gradient,
    weight.subarray(problem * size, (problem + 1) * size),
    parameters,
    regularisation,
  )
  for (let c = 0; c < k; c++) gradient[size + c] = biasScale * bias[problem * k + c]!
  const penalty = (regularisation / 2) * squares
  return { value: loss[problem]! + penalty, penalty, gradient }
}

/**
 * Writes the gradient of loss plus penalty with respect to V.
 *
 * @returns ‖V‖²
 */
function addPenalty(
  gradient: Float32Array,
  lossGradient: Float32Array,
  parameters: Float64Array,
  regularisation: number,
): number {
  let squares = 0
  for (let i = 0; i < lossGradient.length; i++) {
    const value = parameters[i]!
    gradient[i] = lossGradient[i]! + regularisation * value
    squares += value * value
  }
  return squares
}
