import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import type { LoadedModel, NodeProto, TensorProto } from '../../src/onnx/model.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import { gradientGraph } from '../../src/gradient/gradient-graph.js'
import { gradientName } from '../../src/gradient/gradient-options.js'
import { createRandom } from '../../src/math/random.js'
import { openSession } from '../../src/runtime/session.js'
import { runFloat64, type Float64Tensor } from './float64-graph.js'

/** A piece of a graph whose gradients are looked at. */
export interface Piece {
  readonly nodes: readonly NodeProto[]
  /** Shapes of what is differentiated by. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly constants?: readonly TensorProto[]
  /** What values lie around. @default 0 */
  readonly centre?: number
  readonly opset?: number
  /** The shape of `y`, what the piece gives. */
  readonly y: readonly number[]
}

/** How far the gradients of a piece are from the truth, relative to the largest: in float64, and by ONNX Runtime. */
export interface GradientErrors {
  readonly float64: number
  readonly float32: number
}

const step = 1e-5

/**
 * Compares a piece's gradient graph with central differences of the piece itself, both in float64 by plain loops, and
 * ONNX Runtime's answer to the graph with the same. The loss is a sum of what the piece gives, with random weights.
 */
export async function gradientErrors(piece: Piece): Promise<GradientErrors> {
  const { inputs, constants = [], centre = 0, opset = 20 } = piece
  const random = createRandom(5)
  const draw = (dims: readonly number[], around: number) => {
    const length = dims.reduce((product, dim) => product * dim, 1)
    return { dims, data: Float64Array.from({ length }, () => Math.fround(around + 3 * (random.next() - 0.5))) }
  }
  const weights = draw(piece.y, 0)
  const model = graphModel({
    name: 'piece',
    opset,
    inputs: Object.entries(inputs).map(([name, dims]) => valueInfo(name, DataType.FLOAT, dims)),
    outputs: [valueInfo('loss', DataType.FLOAT, [])],
    nodes: [
      ...piece.nodes,
      node('Mul', ['y', 'loss weights'], 'weighted'),
      node('ReduceSum', ['weighted'], 'loss', { keepdims: 0 }),
    ],
    initializers: [...constants, floatTensor('loss weights', piece.y, Float32Array.from(weights.data))],
  })
  const values = Object.fromEntries(Object.entries(inputs).map(([name, dims]) => [name, draw(dims, centre)]))
  const by = Object.keys(inputs)
  const graph = gradientGraph(model, { loss: 'loss', by, shapes: inputs })

  const truth = by.map((name) => differences(model, values, name))
  const exact = runFloat64(graph, values)
  const session = await openSession(encodeModel(graph))
  try {
    const asFloat32 = Object.entries(values).map(([name, { dims, data }]) => [
      name,
      { dims, data: Float32Array.from(data) },
    ])
    const rough = await session.run(
      Object.fromEntries(asFloat32) as Parameters<typeof session.run>[0],
      by.map(gradientName),
    )
    return {
      float64: worst(
        truth,
        by.map((name) => exact.get(gradientName(name))!.data),
      ),
      float32: worst(
        truth,
        by.map((name) => rough[gradientName(name)]!.data as Float32Array),
      ),
    }
  } finally {
    await session.close()
  }
}

/** The gradient of the loss by a tensor, by central differences. */
function differences(model: LoadedModel, values: Record<string, Float64Tensor>, name: string): Float64Array {
  const { dims, data } = values[name]!
  return data.map((value, i) => {
    const [above, below] = [value + step, value - step].map((moved) => {
      const tensors = runFloat64(model, { ...values, [name]: { dims, data: data.with(i, moved) } })
      return tensors.get('loss')!.data[0]!
    }) as [number, number]
    return (above - below) / (2 * step)
  })
}

function worst(truth: readonly Float64Array[], found: readonly ArrayLike<number>[]): number {
  return Math.max(
    ...truth.map((one, t) => {
      if (found[t]!.length !== one.length) return Infinity
      const scale = Math.max(...one.map(Math.abs), 1e-3)
      return Math.max(...one.map((value, i) => Math.abs(value - found[t]![i]!))) / scale
    }),
  )
}
