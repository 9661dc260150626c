import { intAttribute, intsAttribute } from '../../onnx/graph.js'
import type { GradientRule, GradientStep } from '../rule.js'

export const reductionRules: Readonly<Record<string, GradientRule>> = {
  ReduceSum: (step) => (step.wants(0) ? [spreadOut(step, step.upstream())] : []),
  ReduceMean: (step) => {
    if (!step.wants(0)) return []
    const count = reducedAxes(step).reduce((product, axis) => product * step.shape(0)[axis]!, 1)
    return [spreadOut(step, step.to.add('Mul', [step.upstream(), step.to.scalar(1 / count)]))]
  },
}

/** The gradient by every element that went into a sum: that by the sum. */
function spreadOut(step: GradientStep, gradient: string): string {
  const axes = new Set(reducedAxes(step))
  const kept = step.shape(0).map((size, axis) => (axes.has(axis) ? 1 : size))
  return step.to.add('Expand', [step.to.reshape(gradient, kept), step.to.ints(step.shape(0))])
}

function reducedAxes(step: GradientStep): number[] {
  const { node } = step
  const rank = step.shape(0).length
  const listed = intsAttribute(node, 'axes') ?? step.integers(1)
  if (listed === undefined && node.input[1] !== undefined && node.input[1] !== '')
    throw step.refuse('its axes are computed')
  if ((listed ?? []).length > 0) return listed!.map((axis) => (axis < 0 ? axis + rank : axis))
  if (intAttribute(node, 'noop_with_empty_axes', 0) === 1) return []
  return Array.from({ length: rank }, (_, axis) => axis)
}
