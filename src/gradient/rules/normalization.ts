import { floatAttribute, intAttribute } from '../../onnx/graph.js'
import type { GradientRule, GradientStep } from '../rule.js'

export const normalizationRules: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
}

/** y = scale·(x − mean) / √(variance + ε) + bias by channel, with statistics that stay as they are. */
function batchNormalization(step: GradientStep): (string | undefined)[] {
  const { to, node } = step
  if (intAttribute(node, 'training_mode', 0) !== 0) throw step.refuse('it takes its statistics from the batch')
  if (step.wants(3) || step.wants(4)) throw step.refuse('its statistics are constants here')
  const [x, scale, , mean, variance] = node.input as [string, string, string, string, string]
  const shape = step.shape(0)
  const byChannel = [1, shape[1]!, ...shape.slice(2).map(() => 1)]
  const others = shape.map((_, axis) => axis).filter((axis) => axis !== 1)
  const up = step.upstream()
  const deviation = to.add('Sqrt', [to.add('Add', [variance, to.scalar(floatAttribute(node, 'epsilon', 1e-5))])])
  const standardised = () => {
    const centred = to.add('Sub', [x, to.reshape(mean, byChannel)])
    return to.add('Div', [centred, to.reshape(deviation, byChannel)])
  }
  return [
    step.wants(0) ? to.add('Mul', [up, to.reshape(to.add('Div', [scale, deviation]), byChannel)]) : undefined,
    step.wants(1) ? to.sum(to.add('Mul', [up, standardised()]), others, false) : undefined,
    step.wants(2) ? to.sum(up, others, false) : undefined,
  ]
}

/**
 * y = scale·x̂ + bias, where x̂ is x less its mean over the last axes, divided by √(variance + ε) (Ba, Kiros, Hinton,
 * Layer Normalization, 2016). With g = scale·∂y: ∂x = (g − mean(g) − x̂·mean(g·x̂)) / √(variance + ε).
 */
function layerNormalization(step: GradientStep): (string | undefined)[] {
  const { to, node } = step
  const [x, scale] = node.input as [string, string]
  const shape = step.shape(0)
  const first = intAttribute(node, 'axis', -1)
  const axes = shape.map((_, axis) => axis).slice(first)
  const share = to.scalar(1 / axes.reduce((product, axis) => product * shape[axis]!, 1))
  const mean = (tensor: string) => to.add('Mul', [to.sum(tensor, axes, true), share])
  const centred = to.add('Sub', [x, mean(x)])
  const variance = mean(to.add('Mul', [centred, centred]))
  const deviation = to.add('Sqrt', [to.add('Add', [variance, to.scalar(floatAttribute(node, 'epsilon', 1e-5))])])
  const standardised = to.add('Div', [centred, deviation])
  const up = step.upstream()
  const byX = () => {
    const scaled = to.add('Mul', [up, scale])
    const along = to.add('Mul', [standardised, mean(to.add('Mul', [scaled, standardised]))])
    return to.add('Div', [to.add('Sub', [to.add('Sub', [scaled, mean(scaled)]), along]), deviation])
  }
  return [
    step.wants(0) ? byX() : undefined,
    step.wants(1) ? to.sumTo(to.add('Mul', [up, standardised]), shape, step.shape(1)) : undefined,
    step.wants(2) ? to.sumTo(up, shape, step.shape(2)) : undefined,
  ]
}
