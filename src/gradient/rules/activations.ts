import { findAttribute, floatAttribute, intAttribute } from '../../onnx/graph.js'
import type { GradientRule, GradientStep } from '../rule.js'

/** A rule of an operator that takes each number by itself: `slope` is the derivative, or what has its values. */
function slope(slopeOf: (step: GradientStep, x: string, y: string) => string): GradientRule {
  return (step) => {
    const [x, y] = [step.node.input[0]!, step.node.output[0]!]
    return [step.wants(0) ? step.to.add('Mul', [step.upstream(), slopeOf(step, x, y)]) : undefined]
  }
}

/** A rule of an operator whose slope is 1 in some places and 0 in all others. */
function open(isOpen: (step: GradientStep, x: string, y: string) => string): GradientRule {
  return (step) => {
    const [x, y] = [step.node.input[0]!, step.node.output[0]!]
    if (!step.wants(0)) return []
    return [step.to.add('Where', [isOpen(step, x, y), step.upstream(), step.to.scalar(0)])]
  }
}

export const activationRules: Readonly<Record<string, GradientRule>> = {
  // The slope at 0 is 0, as frameworks take it.
  Relu: open(({ to }, _, y) => to.add('Greater', [y, to.scalar(0)])),
  LeakyRelu: slope(({ to, node }, x) =>
    to.add('Where', [
      to.add('Greater', [x, to.scalar(0)]),
      to.scalar(1),
      to.scalar(floatAttribute(node, 'alpha', 0.01)),
    ]),
  ),
  // Open where the value came through, the limits among it.
  Clip: open(({ to }, x, y) => to.add('Equal', [x, y])),
  Sigmoid: slope(({ to }, _, y) => to.add('Mul', [y, to.add('Sub', [to.scalar(1), y])])),
  Tanh: slope(({ to }, _, y) => to.add('Sub', [to.scalar(1), to.add('Mul', [y, y])])),
  // αx + β between 0 and 1
  HardSigmoid: slope(({ to, node }, _, y) =>
    to.add('Where', [strictlyBetween(to, y, 0, 1), to.scalar(floatAttribute(node, 'alpha', 0.2)), to.scalar(0)]),
  ),
  // x·max(0, min(1, x/6 + 1/2)): x/3 + 1/2 between −3 and 3, 1 above
  HardSwish: slope(({ to }, x) => {
    const within = to.add('Add', [to.add('Mul', [x, to.scalar(1 / 3)]), to.scalar(0.5)])
    const above = to.add('Where', [to.add('Less', [x, to.scalar(3)]), within, to.scalar(1)])
    return to.add('Where', [to.add('Greater', [x, to.scalar(-3)]), above, to.scalar(0)])
  }),
  // 2/√π · exp(−x²)
  Erf: slope(({ to }, x) => {
    const bell = to.add('Exp', [to.add('Neg', [to.add('Mul', [x, x])])])
    return to.add('Mul', [bell, to.scalar(2 / Math.sqrt(Math.PI))])
  }),
  Gelu: slope((step, x) => {
    const approximate = new TextDecoder().decode(findAttribute(step.node, 'approximate')?.s)
    return approximate === 'tanh' ? tanhGeluSlope(step, x) : geluSlope(step, x)
  }),
  Softmax: (step) => {
    const { to, node } = step
    if (!step.wants(0)) return []
    // dx = y·(dy − Σ y·dy)
    const y = node.output[0]!
    const shared = to.add('Mul', [y, step.upstream()])
    const sum = to.sum(shared, [intAttribute(node, 'axis', -1)], true)
    return [to.add('Sub', [shared, to.add('Mul', [y, sum])])]
  },
  LogSoftmax: (step) => {
    const { to, node } = step
    if (!step.wants(0)) return []
    // dx = dy − exp(y)·Σ dy
    const sum = to.sum(step.upstream(), [intAttribute(node, 'axis', -1)], true)
    return [to.add('Sub', [step.upstream(), to.add('Mul', [to.add('Exp', [node.output[0]!]), sum])])]
  },
}

function strictlyBetween(to: GradientStep['to'], x: string, low: number, high: number): string {
  return to.add('And', [to.add('Greater', [x, to.scalar(low)]), to.add('Less', [x, to.scalar(high)])])
}

/** Φ(x) + x·φ(x), with the normal distribution Φ and its density φ (Hendrycks and Gimpel, 2016). */
function geluSlope({ to }: GradientStep, x: string): string {
  const erf = to.add('Erf', [to.add('Mul', [x, to.scalar(Math.SQRT1_2)])])
  const distribution = to.add('Mul', [to.add('Add', [erf, to.scalar(1)]), to.scalar(0.5)])
  const bell = to.add('Exp', [to.add('Mul', [to.add('Mul', [x, x]), to.scalar(-0.5)])])
  const density = to.add('Mul', [bell, to.scalar(1 / Math.sqrt(2 * Math.PI))])
  return to.add('Add', [distribution, to.add('Mul', [x, density])])
}

/** The slope of ½x·(1 + tanh u), u = √(2/π)·(x + .044715x³): ½(1 + tanh u) + ½x·(1 − tanh² u)·u′. */
function tanhGeluSlope({ to }: GradientStep, x: string): string {
  const root = Math.sqrt(2 / Math.PI)
  const square = to.add('Mul', [x, x])
  const inner = to.add('Mul', [
    x,
    to.add('Add', [to.scalar(root), to.add('Mul', [square, to.scalar(root * 0.044715)])]),
  ])
  const tanh = to.add('Tanh', [inner])
  const innerSlope = to.add('Add', [to.scalar(root), to.add('Mul', [square, to.scalar(3 * root * 0.044715)])])
  const tanhSlope = to.add('Mul', [to.add('Sub', [to.scalar(1), to.add('Mul', [tanh, tanh])]), innerSlope])
  const sum = to.add('Add', [to.add('Add', [tanh, to.scalar(1)]), to.add('Mul', [x, tanhSlope])])
  return to.add('Mul', [sum, to.scalar(0.5)])
}
