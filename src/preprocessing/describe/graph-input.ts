import { indexGraph, type GraphIndex } from '../../onnx/graph.js'
import type { LoadedModel, NodeProto } from '../../onnx/model.js'
import { integerRange } from '../../onnx/quantised-type.js'
import { readConstant } from '../../locate/constants.js'
import { greyConventions, smallConventions, usualConventions, type Convention } from '../../backbone/normalisation.js'

/** Operators between the image and its normalisation that do not change its values. */
const valuePreserving = new Set(['Cast', 'Identity', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze'])

/**
 * Largest distance between the ends of a quantised range and those of a convention, as a share of the convention's
 * width: calibration sees few images.
 */
const rangeTolerance = 0.06

/**
 * Conventions suggested by the first nodes of a graph: where they normalise the image, the graph takes the values that
 * they expect; where they quantise it, the range shows its values.
 *
 * @param input the image's name
 * @param channels 1 or 3
 * @returns the conventions that remain possible; `undefined` where the nodes suggest nothing
 */
export function conventionsInGraph(model: LoadedModel, input: string, channels: number): Convention[] | undefined {
  const index = indexGraph(model.graph)
  const first = firstChange(index, input)
  if (first === undefined) return undefined
  const usual = channels === 1 ? greyConventions : [...usualConventions, ...smallConventions]
  const plain = (scale: number) => usual.filter((one) => isPlain(one) && one.normalisation.scale === scale)
  if (first.node.opType === 'QuantizeLinear') {
    const range = quantisedRange(index, first.node)
    const distances = range === undefined ? [] : usual.map((one) => distance(range, one))
    const least = Math.min(...distances)
    // Conventions that differ only in the order of channels are equally near.
    return least <= rangeTolerance ? usual.filter((_, i) => distances[i]! <= least + 1e-3) : undefined
  }
  const scaling = scalingIn(index, first)
  if (scaling === undefined) return undefined
  const { factor, offset } = scaling
  // A mean above 2, or a factor near 1/255: the nodes take 0..255. A mean and a deviation below 1: they take 0..1.
  if (offset > 2 || (factor > 0 && factor < 0.05)) return plain(255)
  return offset > 0.35 && offset < 0.6 && factor > 1.9 ? plain(1) : undefined
}

function isPlain({ normalisation: { mean, std } }: Convention): boolean {
  return mean.every((value) => value === 0) && std.every((value) => value === 1)
}

/** The first node that changes the image's values, and the tensor it reads. */
function firstChange({ consumers }: GraphIndex, image: string): { node: NodeProto; tensor: string } | undefined {
  let tensor = image
  for (let step = 0; step < 8; step++) {
    const readers = consumers.get(tensor) ?? []
    const [node] = readers
    if (node === undefined || readers.length > 1) return undefined
    if (!valuePreserving.has(node.opType)) return { node, tensor }
    tensor = node.output[0] ?? ''
  }
  return undefined
}

/** The range of real values that a QuantizeLinear can represent. */
function quantisedRange(index: GraphIndex, quantize: NodeProto): readonly [number, number] | undefined {
  const { input } = quantize
  const scale = readConstant(index, input[1] ?? '')?.data[0]
  const zero = input[2] ? readConstant(index, input[2])?.data[0] : 0
  const range = integerRange(quantize, index.constants)
  if (scale === undefined || zero === undefined || range === undefined) return undefined
  const [least, most] = range
  return [(least - zero) * scale, (most - zero) * scale]
}

/** Distance between the ends of a quantised range and those of a convention, as a share of the convention's width. */
function distance([low, high]: readonly [number, number], { normalisation: { scale, mean, std } }: Convention): number {
  const least = Math.min(...mean.map((value, c) => -value / std[c]!))
  const most = Math.max(...mean.map((value, c) => (scale - value) / std[c]!))
  return Math.max(Math.abs(low - least), Math.abs(high - most)) / (most - least)
}

/** Factor and offset of the Mul, Div, Sub and Add with constants at the start: x → (x − offset) · factor. */
function scalingIn(
  index: GraphIndex,
  start: { node: NodeProto; tensor: string },
): { factor: number; offset: number } | undefined {
  let factor = 1
  let offset = 0
  let { node, tensor }: { node: NodeProto | undefined; tensor: string } = start
  for (let steps = 0; ; steps++) {
    const kind = node?.opType ?? ''
    const other = node?.input.find((name) => name !== tensor) ?? ''
    const values = ['Mul', 'Div', 'Sub', 'Add'].includes(kind) ? readConstant(index, other)?.data : undefined
    // With the image as second operand of a Sub or Div, the form is none of the usual ones.
    if (node === undefined || values === undefined || values.length > 4 || node.input[0] !== tensor) {
      return steps === 0 ? undefined : { factor: Math.abs(factor), offset: Math.abs(offset) }
    }
    const value = Array.from(values).reduce((sum, one) => sum + one, 0) / values.length
    if (kind === 'Mul') factor *= value
    else if (kind === 'Div') factor /= value
    else offset += (kind === 'Sub' ? value : -value) / factor
    tensor = node.output[0] ?? ''
    node = index.consumers.get(tensor)?.[0]
  }
}
