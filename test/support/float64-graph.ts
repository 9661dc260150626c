import { findAttribute, floatAttribute, intAttribute, intsAttribute } from '../../src/onnx/graph.js'
import type { LoadedModel, NodeProto } from '../../src/onnx/model.js'
import { dimsOf, readTensor } from '../../src/onnx/tensor.js'

/** Values in row-major order. Integers and truth values are numbers, too. */
export interface Float64Tensor {
  readonly dims: readonly number[]
  readonly data: Float64Array
}

/**
 * Runs a graph in float64 by the plainest loops over the definitions of ONNX's operators: an oracle for gradients.
 *
 * @returns every tensor of the graph
 */
export function runFloat64(
  { graph }: LoadedModel,
  inputs: Readonly<Record<string, Float64Tensor>>,
): Map<string, Float64Tensor> {
  const tensors = new Map(Object.entries(inputs))
  for (const one of graph.initializer) {
    tensors.set(one.name, { dims: dimsOf(one), data: Float64Array.from(readTensor(one)) })
  }
  for (const node of graph.node) {
    const run = operators[node.opType]
    if (run === undefined) throw new Error(`the oracle does not know ${node.opType}`)
    const given = node.input.map((name) => tensors.get(name)!)
    run(given, node).forEach((tensor, i) => {
      if (node.output[i]) tensors.set(node.output[i], tensor)
    })
  }
  return tensors
}

type Operator = (inputs: Float64Tensor[], node: NodeProto) => Float64Tensor[]

const sizeOf = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1)

/** Makes a tensor of what is at each index. */
function make(dims: readonly number[], at: (index: number[]) => number): Float64Tensor {
  const index = dims.map(() => 0)
  const data = Float64Array.from({ length: sizeOf(dims) }, () => {
    const value = at(index)
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0
    return value
  })
  return { dims, data }
}

function flat(dims: readonly number[], index: readonly number[]): number {
  return dims.reduce((place, dim, axis) => place * dim + index[axis]!, 0)
}

/** The value at an index; outside, 0. */
function read({ dims, data }: Float64Tensor, index: readonly number[]): number {
  return index.every((i, axis) => i >= 0 && i < dims[axis]!) ? data[flat(dims, index)]! : 0
}

/** The value at an index of what the tensor is broadcast to. */
function spread({ dims, data }: Float64Tensor, index: readonly number[]): number {
  const ahead = index.length - dims.length
  return data[
    flat(
      dims,
      dims.map((dim, axis) => (dim === 1 ? 0 : index[axis + ahead]!)),
    )
  ]!
}

function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length))
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((dims) => dims[axis - rank + dims.length] ?? 1)),
  )
}

const each =
  (value: (...operands: number[]) => number): Operator =>
  (inputs) => [
    make(broadcast(...inputs.map(({ dims }) => dims)), (index) => value(...inputs.map((one) => spread(one, index)))),
  ]

const mapped =
  (value: (x: number, node: NodeProto) => number): Operator =>
  ([x], node) => [{ dims: x!.dims, data: x!.data.map((one) => value(one, node)) }]

const reshaped =
  (dims: (x: Float64Tensor, inputs: Float64Tensor[], node: NodeProto) => readonly number[]): Operator =>
  (inputs, node) => [{ dims: dims(inputs[0]!, inputs, node), data: inputs[0]!.data }]

/** Maclaurin's series: exact to 1e-12 for |x| < 3. */
function erf(x: number): number {
  let sum = 0
  let term = x
  for (let n = 0; n < 80; n++) {
    sum += term / (2 * n + 1)
    term *= (-x * x) / (n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const text = (node: NodeProto, name: string) => new TextDecoder().decode(findAttribute(node, name)?.s)
const from = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis)
const listed = (tensor: Float64Tensor | undefined, node: NodeProto, name: string) =>
  tensor ? Array.from(tensor.data) : intsAttribute(node, name)

function gelu(x: number, node: NodeProto): number {
  if (text(node, 'approximate') !== 'tanh') return (x * (1 + erf(x / Math.SQRT2))) / 2
  return (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2
}

function softmax(x: Float64Tensor, node: NodeProto, value: (share: number) => number): Float64Tensor[] {
  const axis = from(intAttribute(node, 'axis', -1), x.dims.length)
  const line = (index: number[]) =>
    Array.from({ length: x.dims[axis]! }, (_, i) => read(x, index.with(axis, i))).reduce((a, b) => a + Math.exp(b), 0)
  return [make(x.dims, (index) => value(Math.exp(read(x, index)) / line(index)))]
}

function reduce(inputs: Float64Tensor[], node: NodeProto, isMean: boolean): Float64Tensor[] {
  const x = inputs[0]!
  const axes = new Set((listed(inputs[1], node, 'axes') ?? [...x.dims.keys()]).map((axis) => from(axis, x.dims.length)))
  const kept = x.dims.map((dim, axis) => (axes.has(axis) ? 1 : dim))
  const sums = make(kept, () => 0)
  make(
    x.dims,
    (index) =>
      (sums.data[
        flat(
          kept,
          index.map((i, axis) => (axes.has(axis) ? 0 : i)),
        )
      ]! += read(x, index)),
  )
  const share = isMean ? sizeOf(kept) / sizeOf(x.dims) : 1
  const dims = intAttribute(node, 'keepdims', 1) === 1 ? kept : x.dims.filter((_, axis) => !axes.has(axis))
  return [{ dims, data: sums.data.map((sum) => sum * share) }]
}

function matMul([a, b]: Float64Tensor[]): Float64Tensor[] {
  const outer = broadcast(a!.dims.slice(0, -2), b!.dims.slice(0, -2))
  return [
    make([...outer, a!.dims.at(-2)!, b!.dims.at(-1)!], (index) => {
      const [row, column] = index.slice(-2) as [number, number]
      let sum = 0
      for (let k = 0; k < a!.dims.at(-1)!; k++) {
        // Only the outer axes broadcast.
        const left = index.slice(-a!.dims.length, -2).map((i, at) => (a!.dims[at] === 1 ? 0 : i))
        const right = index.slice(-b!.dims.length, -2).map((i, at) => (b!.dims[at] === 1 ? 0 : i))
        sum += read(a!, [...left, row, k]) * read(b!, [...right, k, column])
      }
      return sum
    }),
  ]
}

function gemm([a, b, c]: Float64Tensor[], node: NodeProto): Float64Tensor[] {
  const turned = (x: Float64Tensor, name: string) =>
    intAttribute(node, name, 0) === 1 ? make(x.dims.toReversed(), ([i, j]) => read(x, [j!, i!])) : x
  const product = matMul([turned(a!, 'transA'), turned(b!, 'transB')])[0]!
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)]
  return [make(product.dims, (index) => alpha * read(product, index) + (c ? beta * spread(c, index) : 0))]
}

interface Slide {
  readonly kernel: number[]
  readonly strides: number[]
  readonly dilations: number[]
  readonly pads: number[]
  readonly sizes: number[]
}

/** Where a window lies, and how many of them there are. */
function slide(node: NodeProto, sizes: readonly number[], kernel: readonly number[]): Slide {
  const strides = intsAttribute(node, 'strides') ?? [1, 1]
  const dilations = intsAttribute(node, 'dilations') ?? [1, 1]
  const extents = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1)
  let pads = intsAttribute(node, 'pads') ?? [0, 0, 0, 0]
  if (text(node, 'auto_pad') === 'SAME_UPPER') {
    const all = sizes.map(
      (size, axis) => (Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + extents[axis]! - size,
    )
    pads = [...all.map((pad) => Math.floor(pad / 2)), ...all.map((pad) => Math.ceil(pad / 2))]
  }
  const counts = sizes.map(
    (size, axis) => Math.floor((size + pads[axis]! + pads[axis + 2]! - extents[axis]!) / strides[axis]!) + 1,
  )
  return { kernel: [...kernel], strides, dilations, pads, sizes: counts }
}

/** The pixels of a window: their places and that in the kernel. */
function* pixels({ kernel, strides, dilations, pads }: Slide, y: number, x: number) {
  for (let i = 0; i < kernel[0]!; i++) {
    for (let j = 0; j < kernel[1]!; j++) {
      const row = y * strides[0]! - pads[0]! + i * dilations[0]!
      const column = x * strides[1]! - pads[1]! + j * dilations[1]!
      yield { i, j, row, column }
    }
  }
}

function conv([x, w, bias]: Float64Tensor[], node: NodeProto): Float64Tensor[] {
  const group = intAttribute(node, 'group', 1)
  const [outputs, depth] = w!.dims as [number, number]
  const window = slide(node, x!.dims.slice(2), w!.dims.slice(2))
  return [
    make([x!.dims[0]!, outputs, ...window.sizes], ([n, m, row, column]) => {
      let sum = bias?.data[m!] ?? 0
      const first = Math.floor(m! / (outputs / group)) * depth
      for (const pixel of pixels(window, row!, column!)) {
        for (let c = 0; c < depth; c++) {
          sum += read(x!, [n!, first + c, pixel.row, pixel.column]) * read(w!, [m!, c, pixel.i, pixel.j])
        }
      }
      return sum
    }),
  ]
}

function convTranspose([x, w]: Float64Tensor[], node: NodeProto): Float64Tensor[] {
  const group = intAttribute(node, 'group', 1)
  const [, depth] = w!.dims as [number, number]
  const window = slide(node, x!.dims.slice(2), w!.dims.slice(2))
  const rest = intsAttribute(node, 'output_padding') ?? [0, 0]
  const sizes = x!.dims.slice(2).map((size, axis) => {
    const extent = (window.kernel[axis]! - 1) * window.dilations[axis]! + 1
    return (size - 1) * window.strides[axis]! + extent - window.pads[axis]! - window.pads[axis + 2]! + rest[axis]!
  })
  const result = make([x!.dims[0]!, depth * group, ...sizes], () => 0)
  make(x!.dims, (index) => {
    const [n, m, row, column] = index as [number, number, number, number]
    const first = Math.floor(m / (x!.dims[1]! / group)) * depth
    for (const pixel of pixels(window, row, column)) {
      if (pixel.row < 0 || pixel.column < 0 || pixel.row >= sizes[0]! || pixel.column >= sizes[1]!) continue
      for (let c = 0; c < depth; c++) {
        result.data[flat(result.dims, [n, first + c, pixel.row, pixel.column])]! +=
          read(x!, index) * read(w!, [m, c, pixel.i, pixel.j])
      }
    }
    return 0
  })
  return [result]
}

function pool(x: Float64Tensor, node: NodeProto, value: (seen: { place: number; value: number }[]) => number) {
  const window = slide(node, x.dims.slice(2), intsAttribute(node, 'kernel_shape')!)
  return make([...x.dims.slice(0, 2), ...window.sizes], ([n, c, y, column]) => {
    const seen = [...pixels(window, y!, column!)]
      .filter((pixel) => pixel.row >= 0 && pixel.column >= 0 && pixel.row < x.dims[2]! && pixel.column < x.dims[3]!)
      .map((pixel) => flat(x.dims, [n!, c!, pixel.row, pixel.column]))
    return value(seen.map((place) => ({ place, value: x.data[place]! })))
  })
}

const largest = (seen: { place: number; value: number }[]) => seen.reduce((a, b) => (b.value > a.value ? b : a))

function slice(inputs: Float64Tensor[]): Float64Tensor[] {
  const [x, starts, ends, axes, steps] = inputs as [Float64Tensor, ...Float64Tensor[]]
  const begin = x.dims.map(() => 0)
  const step = x.dims.map(() => 1)
  const dims = [...x.dims]
  starts!.data.forEach((start, i) => {
    const axis = from(axes?.data[i] ?? i, x.dims.length)
    const size = x.dims[axis]!
    const place = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, 0), size)
    begin[axis] = place(start)
    step[axis] = steps?.data[i] ?? 1
    dims[axis] = Math.ceil((place(ends!.data[i]!) - begin[axis]) / step[axis])
  })
  return [
    make(dims, (index) =>
      read(
        x,
        index.map((i, axis) => begin[axis]! + i * step[axis]!),
      ),
    ),
  ]
}

function normalised(x: Float64Tensor, node: NodeProto, scale: Float64Tensor, bias?: Float64Tensor): Float64Tensor[] {
  const first = from(intAttribute(node, 'axis', -1), x.dims.length)
  const size = sizeOf(x.dims.slice(first))
  const epsilon = floatAttribute(node, 'epsilon', 1e-5)
  return [
    make(x.dims, (index) => {
      const place = flat(x.dims, index)
      const row = x.data.subarray(Math.floor(place / size) * size, (Math.floor(place / size) + 1) * size)
      const mean = row.reduce((a, b) => a + b, 0) / size
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / size
      const value = (x.data[place]! - mean) / Math.sqrt(variance + epsilon)
      return value * spread(scale, index) + (bias ? spread(bias, index) : 0)
    }),
  ]
}

const operators: Record<string, Operator> = {
  Identity: mapped((x) => x),
  Dropout: mapped((x) => x),
  Cast: mapped((x) => x),
  Neg: mapped((x) => -x),
  Sqrt: mapped(Math.sqrt),
  Exp: mapped(Math.exp),
  Log: mapped(Math.log),
  Reciprocal: mapped((x) => 1 / x),
  Abs: mapped(Math.abs),
  Sign: mapped(Math.sign),
  Erf: mapped(erf),
  Gelu: mapped(gelu),
  Relu: mapped((x) => Math.max(x, 0)),
  LeakyRelu: mapped((x, node) => (x > 0 ? x : x * floatAttribute(node, 'alpha', 0.01))),
  Sigmoid: mapped(sigmoid),
  Tanh: mapped(Math.tanh),
  HardSigmoid: mapped((x, node) =>
    Math.max(0, Math.min(1, x * floatAttribute(node, 'alpha', 0.2) + floatAttribute(node, 'beta', 0.5))),
  ),
  HardSwish: mapped((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  Add: each((a, b) => a! + b!),
  Sub: each((a, b) => a! - b!),
  Mul: each((a, b) => a! * b!),
  Div: each((a, b) => a! / b!),
  Pow: each((a, b) => a! ** b!),
  Sum: each((...all) => all.reduce((a, b) => a + b, 0)),
  Greater: each((a, b) => Number(a! > b!)),
  Less: each((a, b) => Number(a! < b!)),
  Equal: each((a, b) => Number(a === b)),
  And: each((a, b) => Number(a !== 0 && b !== 0)),
  Where: each((condition, a, b) => (condition === 0 ? b! : a!)),
  Clip: each((x, low, high) => Math.min(Math.max(x!, low ?? -Infinity), high ?? Infinity)),
  Softmax: ([x], node) => softmax(x!, node, (share) => share),
  LogSoftmax: ([x], node) => softmax(x!, node, Math.log),
  MatMul: matMul,
  Gemm: gemm,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: ([x], node) => [
    pool(x!, node, (seen) => largest(seen).value),
    pool(x!, node, (seen) => largest(seen).place),
  ],
  AveragePool: ([x], node) => {
    const all = sizeOf(intsAttribute(node, 'kernel_shape')!)
    const counted = intAttribute(node, 'count_include_pad', 0) === 1
    return [pool(x!, node, (seen) => seen.reduce((sum, one) => sum + one.value, 0) / (counted ? all : seen.length))]
  },
  GlobalAveragePool: ([x]) => [
    make([...x!.dims.slice(0, 2), 1, 1], ([n, c]) => {
      const size = sizeOf(x!.dims.slice(2))
      const start = (n! * x!.dims[1]! + c!) * size
      return x!.data.subarray(start, start + size).reduce((a, b) => a + b, 0) / size
    }),
  ],
  ScatterElements: ([x, places, updates], node) => {
    if (intAttribute(node, 'axis', 0) !== 0 || text(node, 'reduction') !== 'add') {
      throw new Error('not known to the oracle')
    }
    const data = Float64Array.from(x!.data)
    make(places!.dims, (index) => (data[flat(x!.dims, index.with(0, read(places!, index)))]! += read(updates!, index)))
    return [{ dims: x!.dims, data }]
  },
  ScatterND: ([x, places, updates], node) => {
    if (places!.dims[1] !== 1 || text(node, 'reduction') !== 'add') throw new Error('not known to the oracle')
    const data = Float64Array.from(x!.data)
    const size = sizeOf(x!.dims.slice(1))
    places!.data.forEach((place, i) => {
      for (let j = 0; j < size; j++) data[place * size + j]! += updates!.data[i * size + j]!
    })
    return [{ dims: x!.dims, data }]
  },
  ReduceSum: (inputs, node) => reduce(inputs, node, false),
  ReduceMean: (inputs, node) => reduce(inputs, node, true),
  BatchNormalization: ([x, scale, bias, mean, variance], node) => {
    const epsilon = floatAttribute(node, 'epsilon', 1e-5)
    return [
      make(x!.dims, (index) => {
        const c = index[1]!
        const value = (read(x!, index) - mean!.data[c]!) / Math.sqrt(variance!.data[c]! + epsilon)
        return value * scale!.data[c]! + bias!.data[c]!
      }),
    ]
  },
  LayerNormalization: ([x, scale, bias], node) => normalised(x!, node, scale!, bias),
  Reshape: reshaped((x, [, shape]) => {
    const asked = Array.from(shape!.data, (dim, axis) => (dim === 0 ? x.dims[axis]! : dim))
    const known = -sizeOf(asked)
    return asked.map((dim) => (dim === -1 ? sizeOf(x.dims) / known : dim))
  }),
  Flatten: reshaped(({ dims }, _, node) => {
    const axis = from(intAttribute(node, 'axis', 1), dims.length)
    return [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))]
  }),
  Squeeze: reshaped(({ dims }, [, axes]) => {
    const gone = new Set(axes && Array.from(axes.data, (axis) => from(axis, dims.length)))
    return dims.filter((dim, axis) => (axes ? !gone.has(axis) : dim !== 1))
  }),
  Unsqueeze: reshaped(({ dims }, [, axes]) => {
    const rest = [...dims]
    const rank = dims.length + axes!.data.length
    const added = new Set(Array.from(axes!.data, (axis) => from(axis, rank)))
    return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!))
  }),
  Transpose: ([x], node) => {
    const order = intsAttribute(node, 'perm') ?? [...x!.dims.keys()].toReversed()
    return [
      make(
        order.map((axis) => x!.dims[axis]!),
        (index) =>
          read(
            x!,
            x!.dims.map((_, axis) => index[order.indexOf(axis)]!),
          ),
      ),
    ]
  },
  Expand: ([x, shape]) => [make(broadcast(x!.dims, Array.from(shape!.data)), (index) => spread(x!, index))],
  Concat: (inputs, node) => {
    const axis = from(intAttribute(node, 'axis', 0), inputs[0]!.dims.length)
    const dims = inputs[0]!.dims.with(
      axis,
      inputs.reduce((sum, one) => sum + one.dims[axis]!, 0),
    )
    return [
      make(dims, (index) => {
        let place = index[axis]!
        const part = inputs.find((one) => place < one.dims[axis]! || ((place -= one.dims[axis]!), false))!
        return read(part, index.with(axis, place))
      }),
    ]
  },
  Split: ([x, sizes], node) => {
    const axis = from(intAttribute(node, 'axis', 0), x!.dims.length)
    let start = 0
    return node.output.map((_, i) => {
      const size = sizes?.data[i] ?? x!.dims[axis]! / node.output.length
      const offset = start
      start += size
      return make(x!.dims.with(axis, size), (index) => read(x!, index.with(axis, index[axis]! + offset)))
    })
  },
  Slice: slice,
  Pad: ([x, pads]) => {
    const before = pads!.data.subarray(0, x!.dims.length)
    const dims = x!.dims.map((dim, axis) => dim + before[axis]! + pads!.data[axis + x!.dims.length]!)
    return [
      make(dims, (index) =>
        read(
          x!,
          index.map((i, axis) => i - before[axis]!),
        ),
      ),
    ]
  },
  Gather: ([x, places], node) => {
    const axis = from(intAttribute(node, 'axis', 0), x!.dims.length)
    const rank = places!.dims.length
    return [
      make([...x!.dims.slice(0, axis), ...places!.dims, ...x!.dims.slice(axis + 1)], (index) => {
        const place = from(read(places!, index.slice(axis, axis + rank)), x!.dims[axis]!)
        return read(x!, [...index.slice(0, axis), place, ...index.slice(axis + rank)])
      }),
    ]
  },
}
