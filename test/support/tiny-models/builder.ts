import { create } from '@bufbuild/protobuf'
import { createRandom } from '../../../src/math/random.js'
import { graphModel, node, valueInfo, type AttributeValue } from '../../../src/onnx/build.js'
import { OperatorSetIdProtoSchema } from '../../../src/onnx/generated/onnx_pb.js'
import type { LoadedModel, NodeProto, TensorProto } from '../../../src/onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor, type TensorData } from '../../../src/onnx/tensor.js'

type Dims = readonly (number | string)[]

/** Writes small graphs in few words. Tensors are called t1, t2, …: no name says what a tensor is. */
export class GraphBuilder {
  readonly nodes: NodeProto[] = []
  readonly initializers: TensorProto[] = []
  readonly random
  private count = 0

  constructor(
    readonly opset: number,
    seed: number | string = 1,
  ) {
    this.random = createRandom(seed)
  }

  name(): string {
    this.count += 1
    return `t${this.count}`
  }

  /** Adds a node and returns its first output's name. */
  op(type: string, input: readonly string[], attributes: Record<string, AttributeValue> = {}, outputs = 1): string {
    return this.ops(type, input, attributes, outputs)[0]!
  }

  ops(type: string, input: readonly string[], attributes: Record<string, AttributeValue>, outputs: number): string[] {
    const names = Array.from({ length: outputs }, () => this.name())
    const made = node(type, input, names, attributes)
    if (microsoft.has(type)) made.domain = 'com.microsoft'
    this.nodes.push(made)
    return names
  }

  constant(type: DataType, dims: readonly number[], data: TensorData): string {
    const name = this.name()
    this.initializers.push(tensor(name, type, dims, data))
    return name
  }

  floats(dims: readonly number[], data: readonly number[]): string {
    const name = this.name()
    this.initializers.push(floatTensor(name, dims, data))
    return name
  }

  ints(data: readonly number[], dims: readonly number[] = [data.length]): string {
    const name = this.name()
    this.initializers.push(int64Tensor(name, dims, data))
    return name
  }

  /** Random weights, scaled so that activations keep their size. */
  weights(dims: readonly number[], fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1)): string {
    const count = dims.reduce((product, dim) => product * dim, 1)
    return this.floats(
      dims,
      Array.from({ length: count }, () => this.random.normal() * Math.sqrt(2 / fanIn)),
    )
  }

  bias(size: number): string {
    return this.floats(
      [size],
      Array.from({ length: size }, () => 0.1 * this.random.normal()),
    )
  }

  conv(x: string, from: number, to: number, kernel: number, { stride = 1, groups = 1, valid = false } = {}): string {
    const pad = valid ? 0 : (kernel - 1) >> 1
    return this.op('Conv', [x, this.weights([to, from / groups, kernel, kernel]), this.bias(to)], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group: groups,
    })
  }

  relu(x: string): string {
    return this.op('Relu', [x])
  }

  convRelu(
    x: string,
    from: number,
    to: number,
    kernel: number,
    options: { stride?: number; groups?: number; valid?: boolean } = {},
  ): string {
    return this.relu(this.conv(x, from, to, kernel, options))
  }

  /** ReLU6, as attributes before opset 11 and as inputs since. */
  relu6(x: string): string {
    if (this.opset < 11) return this.op('Clip', [x], { min: { float: 0 }, max: { float: 6 } })
    return this.op('Clip', [x, this.floats([], [0]), this.floats([], [6])])
  }

  swish(x: string): string {
    return this.op('Mul', [x, this.op('Sigmoid', [x])])
  }

  maxPool(x: string, size = 2, stride = size): string {
    const pad = stride === size ? 0 : (size - 1) >> 1
    return this.op('MaxPool', [x], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    })
  }

  add(x: string, y: string): string {
    return this.op('Add', [x, y])
  }

  concat(parts: readonly string[], axis = 1): string {
    return this.op('Concat', parts, { axis })
  }

  reshape(x: string, shape: readonly number[]): string {
    return this.op('Reshape', [x, this.ints(shape)])
  }

  transpose(x: string, perm: readonly number[]): string {
    return this.op('Transpose', [x], { perm })
  }

  /** Squeeze-and-excitation: channels weighed by what the pooled image says. */
  excite(x: string, channels: number): string {
    const inner = Math.max(2, channels >> 2)
    const pooled = this.op('GlobalAveragePool', [x])
    const gate = this.op('Sigmoid', [this.conv(this.relu(this.conv(pooled, channels, inner, 1)), inner, channels, 1)])
    return this.op('Mul', [x, gate])
  }

  gemm(x: string, from: number, to: number): string {
    return this.op('Gemm', [x, this.weights([to, from]), this.bias(to)], {
      transB: 1,
    })
  }

  /** MatMul + Add over the last axis. */
  dense(x: string, from: number, to: number): string {
    return this.add(this.op('MatMul', [x, this.weights([from, to], from)]), this.bias(to))
  }

  /** One node since opset 17, a dozen before. */
  layerNorm(x: string, size: number): string {
    const scale = this.floats(
      [size],
      Array.from({ length: size }, () => 1 + 0.1 * this.random.normal()),
    )
    if (this.opset >= 17)
      return this.op('LayerNormalization', [x, scale, this.bias(size)], {
        axis: -1,
        epsilon: { float: 1e-5 },
      })
    const centred = this.op('Sub', [x, this.op('ReduceMean', [x], { axes: [-1] })])
    const variance = this.op('ReduceMean', [this.op('Pow', [centred, this.floats([], [2])])], { axes: [-1] })
    const deviation = this.op('Sqrt', [this.add(variance, this.floats([], [1e-5]))])
    return this.add(this.op('Mul', [this.op('Div', [centred, deviation]), scale]), this.bias(size))
  }

  /** x/2 · (1 + erf(x/√2)), as exporters write GELU. */
  gelu(x: string): string {
    const half = this.op('Mul', [x, this.floats([], [0.5])])
    const error = this.op('Erf', [this.op('Div', [x, this.floats([], [Math.SQRT2])])])
    return this.op('Mul', [half, this.add(error, this.floats([], [1]))])
  }

  /** Self-attention over [batch, tokens, size]; `batch` is what the exporter wrote into its Reshapes. */
  attention(x: string, tokens: number, size: number, heads: number, batch: number): string {
    const depth = size / heads
    const all = this.transpose(
      this.reshape(this.dense(x, size, 3 * size), [batch, tokens, 3, heads, depth]),
      [2, 0, 3, 1, 4],
    )
    const [q, k, v] = [0, 1, 2].map((part) => this.op('Gather', [all, this.ints([part], [])], { axis: 0 }))
    const scores = this.op('MatMul', [q!, this.transpose(k!, [0, 1, 3, 2])])
    const weights = this.op('Softmax', [this.op('Mul', [scores, this.floats([], [depth ** -0.5])])], {
      axis: this.opset < 13 ? 3 : -1,
    })
    const mixed = this.transpose(this.op('MatMul', [weights, v!]), [0, 2, 1, 3])
    return this.dense(this.reshape(mixed, [batch, tokens, size]), size, size)
  }

  mlp(x: string, size: number): string {
    return this.dense(this.gelu(this.dense(x, size, 2 * size)), 2 * size, size)
  }

  model(input: Dims, outputs: readonly (readonly [string, Dims])[], type = DataType.FLOAT): LoadedModel {
    const model = graphModel({
      name: 'tiny',
      inputs: [valueInfo('x', type, input)],
      outputs: outputs.map(([name, dims]) => valueInfo(name, type === DataType.UINT8 ? DataType.FLOAT : type, dims)),
      nodes: this.nodes,
      initializers: this.initializers,
      opset: this.opset,
    })
    model.opsetImport.push(
      create(OperatorSetIdProtoSchema, {
        domain: 'com.microsoft',
        version: 1n,
      }),
    )
    model.irVersion = this.opset < 10 ? 4n : 8n
    return model
  }
}

const microsoft = new Set(['QGemm', 'QLinearAdd', 'QLinearGlobalAveragePool', 'QLinearSoftmax', 'FusedMatMul'])
