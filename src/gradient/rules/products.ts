import { floatAttribute, intAttribute } from '../../onnx/graph.js'
import type { Shape } from '../../onnx/infer-shapes.js'
import type { GradientRule, GradientStep } from '../rule.js'

export const productRules: Readonly<Record<string, GradientRule>> = { MatMul: matMul, Gemm: gemm }

/** Y = A·B over the last two axes: ∂A = ∂Y·Bᵀ, ∂B = Aᵀ·∂Y, each summed over the axes that were broadcast. */
function matMul(step: GradientStep): (string | undefined)[] {
  const { to, node } = step
  const [a, b] = node.input as [string, string]
  const [aShape, bShape] = [step.shape(0), step.shape(1)]
  const up = step.upstream()
  const byA = () => {
    const gradient = to.add('MatMul', [up, swapped(step, b, bShape)])
    return to.sumTo(gradient, [...step.outputShape().slice(0, -1), aShape.at(-1)!], aShape)
  }
  const byB = () => {
    // A matrix that all rows meet takes one product over all of them, not one a batch and a sum.
    if (bShape.length === 2) {
      const rows = aShape.slice(0, -1).reduce((product, dim) => product * dim, 1)
      const [flatA, flatUp] = [to.reshape(a, [rows, bShape[0]!]), to.reshape(up, [rows, bShape[1]!])]
      return to.add('Gemm', [flatA, flatUp], { transA: 1 })
    }
    const gradient = to.add('MatMul', [swapped(step, a, aShape), up])
    return to.sumTo(gradient, [...step.outputShape().slice(0, -2), bShape.at(-2)!, bShape.at(-1)!], bShape)
  }
  return [step.wants(0) ? byA() : undefined, step.wants(1) ? byB() : undefined]
}

function swapped({ to }: GradientStep, tensor: string, shape: Shape): string {
  const axes = shape.map((_, axis) => axis)
  return to.transpose(tensor, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!])
}

/** Y = α·A′·B′ + β·C, where ′ transposes or not. */
function gemm(step: GradientStep): (string | undefined)[] {
  const { to, node } = step
  const [a, b] = node.input as [string, string]
  const alpha = { float: floatAttribute(node, 'alpha', 1) }
  const [transA, transB] = [intAttribute(node, 'transA', 0), intAttribute(node, 'transB', 0)]
  const up = step.upstream()
  const byA = () =>
    transA === 0
      ? to.add('Gemm', [up, b], { alpha, transB: 1 - transB })
      : to.add('Gemm', [b, up], { alpha, transA: transB, transB: 1 })
  const byB = () =>
    transB === 0
      ? to.add('Gemm', [a, up], { alpha, transA: 1 - transA })
      : to.add('Gemm', [up, a], { alpha, transA: 1, transB: transA })
  const byC = () => {
    const beta = floatAttribute(node, 'beta', 1)
    const scaled = beta === 1 ? up : to.add('Mul', [up, to.scalar(beta)])
    return to.sumTo(scaled, step.outputShape(), step.shape(2))
  }
  return [step.wants(0) ? byA() : undefined, step.wants(1) ? byB() : undefined, step.wants(2) ? byC() : undefined]
}
