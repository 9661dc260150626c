import type { ValueAndGradient } from '../../math/lbfgs.js'
import type { LossAndGradient } from './types.js'

/** Loss plus penalty of one problem, and their gradient with respect to [V, c/s]. */
export function toEvaluation(
  {
    parameters,
    gradient,
    regularisation,
  }: { readonly parameters: Float64Array; readonly gradient: Float32Array; readonly regularisation: number },
  { loss, groups }: LossAndGradient,
  problem: number,
  biasScale: number,
): ValueAndGradient & { readonly penalty: number } {
  const own = (values: Float32Array) => {
    const size = values.length / loss.length
    return values.subarray(problem * size, (problem + 1) * size)
  }
  let squares = 0
  let place = 0
  for (const { weight } of groups) {
    const ofGroup = own(weight)
    const end = place + ofGroup.length
    squares += addPenalty(gradient.subarray(place, end), ofGroup, parameters.subarray(place, end), regularisation)
    place = end
  }
  for (const { bias } of groups) for (const value of own(bias)) gradient[place++] = biasScale * value
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
