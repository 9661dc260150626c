import { intAttribute, intsAttribute } from '../../onnx/graph.js'
import type { GradientRule, GradientStep } from '../rule.js'

/** What only changes the shape, and is undone by taking the input's. */
const reshaped: GradientRule = (step) => [step.wants(0) ? step.to.reshape(step.upstream(), step.shape(0)) : undefined]

export const layoutRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: (step) => {
    if (!step.wants(0)) return []
    const axes = step.shape(0).map((_, axis) => axis)
    const order = intsAttribute(step.node, 'perm') ?? axes.toReversed()
    return [
      step.to.transpose(
        step.upstream(),
        axes.map((axis) => order.indexOf(axis)),
      ),
    ]
  },
  Expand: (step) => [step.wants(0) ? step.to.sumTo(step.upstream(), step.outputShape(), step.shape(0)) : undefined],
  Concat: (step) => {
    const axis = positiveAxis(step, intAttribute(step.node, 'axis', 0))
    let start = 0
    return step.node.input.map((_, i) => {
      const end = start + step.shape(i)[axis]!
      const gradient = step.wants(i) ? sliced(step, step.upstream(), axis, start, end) : undefined
      start = end
      return gradient
    })
  },
  Split: (step) => {
    if (!step.wants(0)) return []
    const axis = positiveAxis(step, intAttribute(step.node, 'axis', 0))
    return [
      step.to.add(
        'Concat',
        step.node.output.map((_, i) => step.upstream(i)),
        { axis },
      ),
    ]
  },
  Slice: (step) => (step.wants(0) ? [unsliced(step)] : []),
  Pad: (step) => {
    if (!step.wants(0)) return []
    const pads = step.integers(1)
    if (pads === undefined || step.node.input[3]) throw step.refuse('its pads are computed, or for some axes alone')
    if (mode(step) !== 'constant') throw step.refuse('it pads with other than a constant')
    const back = pads.map((pad) => -pad)
    return [step.to.add('Pad', [step.upstream(), step.to.ints(back)])]
  },
  Gather: (step) => (step.wants(0) ? [ungathered(step)] : []),
}

function positiveAxis(step: GradientStep, axis: number): number {
  return axis < 0 ? axis + step.shape(0).length : axis
}

function sliced({ to }: GradientStep, tensor: string, axis: number, start: number, end: number): string {
  return to.add('Slice', [tensor, to.ints([start]), to.ints([end]), to.ints([axis])])
}

function mode({ node }: GradientStep): string {
  const found = node.attribute.find(({ name }) => name === 'mode')
  return found === undefined ? 'constant' : new TextDecoder().decode(found.s)
}

/** Lays the gradient where the slice was taken, between zeros. */
function unsliced(step: GradientStep): string {
  const { to } = step
  if (step.outputShape().includes(0)) return to.filled(step.shape(0), 0)
  const [starts, ends] = [step.integers(1), step.integers(2)]
  if (starts === undefined || ends === undefined) throw step.refuse('its limits are computed')
  const axes = (step.integers(3) ?? starts.map((_, i) => i)).map((axis) => positiveAxis(step, axis))
  const steps = step.integers(4) ?? starts.map(() => 1)
  if (steps.some((one) => one < 1)) throw step.refuse('it goes backwards')
  let gradient = step.upstream()
  const shape = [...step.outputShape()]
  const before = shape.map(() => 0)
  const after = shape.map(() => 0)
  axes.forEach((axis, i) => {
    const size = step.shape(0)[axis]!
    const count = shape[axis]!
    const start = Math.min(Math.max(starts[i]! < 0 ? starts[i]! + size : starts[i]!, 0), size)
    if (steps[i]! > 1) gradient = stretched(step, gradient, shape, axis, steps[i]!)
    before[axis] = start
    // Behind the last one, zeros of the stretching may reach beyond the end.
    after[axis] = size - start - count * steps[i]!
    shape[axis] = count * steps[i]!
  })
  return to.add('Pad', [gradient, to.ints([...before, ...after])])
}

/** Puts zeros behind every slice along an axis: […, n, …] becomes [..., n·step, …]. */
function stretched({ to }: GradientStep, tensor: string, shape: readonly number[], axis: number, step: number): string {
  const ahead = shape.slice(0, axis + 1)
  const behind = shape.slice(axis + 1)
  const apart = to.reshape(tensor, [...ahead, 1, ...behind])
  const zeros = [...ahead, 1, ...behind].map((_, at) => (at === axis + 1 ? step - 1 : 0))
  const filled = to.add('Pad', [apart, to.ints([...zeros.map(() => 0), ...zeros])])
  return to.reshape(filled, [...shape.slice(0, axis), shape[axis]! * step, ...behind])
}

/** Adds what was taken of each slice, with the axis first, to zeros. */
function ungathered(step: GradientStep): string {
  const { to } = step
  const places = step.integers(1)
  if (places === undefined) throw step.refuse('what it gathers is computed')
  const shape = step.shape(0)
  const axis = positiveAxis(step, intAttribute(step.node, 'axis', 0))
  const size = shape[axis]!
  const others = shape.map((_, at) => at).filter((at) => at !== axis)
  const taken = to.reshape(step.upstream(), [...shape.slice(0, axis), places.length, ...shape.slice(axis + 1)])
  const slices = to.transpose(taken, [axis, ...others])
  const sizes = others.map((at) => shape[at]!)
  const nothing = to.filled([size, ...sizes], 0)
  const positive = places.map((place) => (place < 0 ? place + size : place))
  const summed =
    new Set(positive).size === positive.length
      ? to.add('ScatterND', [nothing, to.reshape(to.ints(positive), [places.length, 1]), slices], { reduction: 'add' })
      : addedOneByOne(step, nothing, positive, slices, sizes)
  const order = [axis, ...others]
  return to.transpose(
    summed,
    shape.map((_, at) => order.indexOf(at)),
  )
}

/**
 * Adds slices to those at their places, several to one. ONNX Runtime's ScatterND would add them in parallel and lose
 * some; its ScatterElements goes through them in order.
 */
function addedOneByOne(
  { to }: GradientStep,
  tensor: string,
  places: readonly number[],
  slices: string,
  sizes: readonly number[],
): string {
  const column = to.reshape(to.ints(places), [places.length, ...sizes.map(() => 1)])
  const indices = to.add('Expand', [column, to.ints([places.length, ...sizes])])
  return to.add('ScatterElements', [tensor, indices, slices], { axis: 0, reduction: 'add' })
}
