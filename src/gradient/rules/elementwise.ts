import { intAttribute } from '../../onnx/graph.js'
import { DataType } from '../../onnx/tensor.js'
import type { GradientRule, GradientStep } from '../rule.js'

/** Both gradients of an operator of two operands, summed to the operands' shapes; each is made only where wanted. */
function operands(
  step: GradientStep,
  gradients: readonly [(upstream: string) => string, (upstream: string) => string],
): (string | undefined)[] {
  const upstream = step.upstream()
  return gradients.map((gradient, i) =>
    step.wants(i) ? step.to.sumTo(gradient(upstream), step.outputShape(), step.shape(i)) : undefined,
  )
}

/** A rule of one operand: its gradient from that by the output. */
function operand(gradient: (step: GradientStep, upstream: string) => string): GradientRule {
  return (step) => [step.wants(0) ? gradient(step, step.upstream()) : undefined]
}

const passed = operand((_, upstream) => upstream)

export const elementwiseRules: Readonly<Record<string, GradientRule>> = {
  Identity: passed,
  // `isTraining` keeps those that drop something out of the graph.
  Dropout: passed,
  Cast: operand((step, upstream) => {
    if (intAttribute(step.node, 'to', 0) !== DataType.FLOAT) throw step.refuse('it gives no float32')
    return upstream
  }),
  Add: (step) => operands(step, [(up) => up, (up) => up]),
  Sub: (step) => operands(step, [(up) => up, (up) => step.to.add('Neg', [up])]),
  // d(ab) = b·da + a·db
  Mul: (step) => {
    const [a, b] = step.node.input as [string, string]
    return operands(step, [(up) => step.to.add('Mul', [up, b]), (up) => step.to.add('Mul', [up, a])])
  },
  // d(a/b) = da/b − (a/b)·db/b
  Div: (step) => {
    const [, b] = step.node.input as [string, string]
    const quotient = step.node.output[0]!
    return operands(step, [
      (up) => step.to.add('Div', [up, b]),
      (up) => step.to.add('Neg', [step.to.add('Mul', [step.to.add('Div', [up, b]), quotient])]),
    ])
  },
  Sum: (step) =>
    step.node.input.map((_, i) =>
      step.wants(i) ? step.to.sumTo(step.upstream(), step.outputShape(), step.shape(i)) : undefined,
    ),
  Neg: operand(({ to }, up) => to.add('Neg', [up])),
  // d√x = dx / (2√x)
  Sqrt: operand(({ to, node }, up) => to.add('Div', [to.add('Mul', [up, to.scalar(0.5)]), node.output[0]!])),
  Exp: operand(({ to, node }, up) => to.add('Mul', [up, node.output[0]!])),
  Log: operand(({ to, node }, up) => to.add('Div', [up, node.input[0]!])),
  // d(1/x) = −dx / x²
  Reciprocal: operand(({ to, node }, up) => {
    const square = to.add('Mul', [node.output[0]!, node.output[0]!])
    return to.add('Neg', [to.add('Mul', [up, square])])
  }),
  // d|x| = sign(x)·dx
  Abs: operand(({ to, node }, up) => to.add('Mul', [up, to.add('Sign', [node.input[0]!])])),
  // d(x^c) = c·x^(c−1)·dx
  Pow: (step) => {
    const { to, node } = step
    const exponent = step.number(1)
    if (exponent === undefined || step.wants(1)) throw step.refuse('its exponent is not a constant of one number')
    if (exponent === 0)
      return [to.sumTo(to.add('Mul', [step.upstream(), to.scalar(0)]), step.outputShape(), step.shape(0))]
    const power = exponent === 2 ? node.input[0]! : to.add('Pow', [node.input[0]!, to.scalar(exponent - 1)])
    const gradient = to.add('Mul', [step.upstream(), to.add('Mul', [power, to.scalar(exponent)])])
    return [to.sumTo(gradient, step.outputShape(), step.shape(0))]
  },
  // The gradient goes where the value came from.
  Where: (step) => {
    const { to } = step
    const condition = step.node.input[0]!
    const through = (i: number, places: (up: string, zero: string) => [string, string]) =>
      step.wants(i)
        ? to.sumTo(
            to.add('Where', [condition, ...places(step.upstream(), to.scalar(0))]),
            step.outputShape(),
            step.shape(i),
          )
        : undefined
    return [undefined, through(1, (up, zero) => [up, zero]), through(2, (up, zero) => [zero, up])]
  },
}
