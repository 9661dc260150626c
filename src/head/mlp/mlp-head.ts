import { node } from '../../onnx/build.js'
import type { TensorProto } from '../../onnx/model.js'
import { dimsOf, floatTensor, readTensor } from '../../onnx/tensor.js'
import { inputOf, logitsName, readBy, type AddedHead, type GraphPart } from '../added-head.js'
import type { FeatureSource } from '../feature-source.js'
import type { ChosenLayer } from '../layer-choice.js'
import { openMatrixProducts } from '../ort-matrix-products.js'

/** A perceptron's parameters: `logits = max(0, features · hiddenWeight + hiddenBias) · weight + bias`. */
export interface MlpWeights {
  /** Length of a feature vector. */
  readonly dim: number
  /** H: number of hidden units. */
  readonly width: number
  /** k */
  readonly columns: number
  /** Row-major [dim × H]. */
  readonly hiddenWeight: Float32Array
  /** [H] */
  readonly hiddenBias: Float32Array
  /** Row-major [H × k]. */
  readonly weight: Float32Array
  /** [k] */
  readonly bias: Float32Array
}

const blockRows = 2048

/** A multilayer perceptron of one hidden layer. */
export class MlpHead implements AddedHead {
  readonly kind = 'mlp'

  /** @param layers those that `hiddenWeight` is for; see `AddedHead` */
  constructor(
    readonly weights: MlpWeights,
    readonly layers?: readonly ChosenLayer[],
  ) {}

  get columns(): number {
    return this.weights.columns
  }

  /**
   * Reads what `nodes` put into a graph.
   *
   * @param find returns the graph's initializer with a name
   */
  static read(prefix: string, find: (name: string) => TensorProto, layers?: readonly ChosenLayer[]): MlpHead {
    const { hiddenWeight, hiddenBias, weight, bias } = names(prefix)
    const [dim, width] = dimsOf(find(hiddenWeight)) as [number, number]
    const [, columns] = dimsOf(find(weight)) as [number, number]
    const values = (name: string) => Float32Array.from(readTensor(find(name)))
    return new MlpHead(
      {
        dim,
        width,
        columns,
        hiddenWeight: values(hiddenWeight),
        hiddenBias: values(hiddenBias),
        weight: values(weight),
        bias: values(bias),
      },
      layers,
    )
  }

  nodes(prefix: string): GraphPart {
    const { dim, width, columns, ...values } = this.weights
    const { hiddenWeight, hiddenBias, weight, bias, sums, hidden } = names(prefix)
    const input = inputOf(this, prefix)
    return {
      initializers: [
        floatTensor(hiddenWeight, [dim, width], values.hiddenWeight),
        floatTensor(hiddenBias, [width], values.hiddenBias),
        floatTensor(weight, [width, columns], values.weight),
        floatTensor(bias, [columns], values.bias),
      ],
      nodes: [
        ...input.nodes,
        node('Gemm', [input.tensor, hiddenWeight, hiddenBias], sums),
        node('Relu', [sums], hidden),
        node('Gemm', [hidden, weight, bias], logitsName(prefix)),
      ],
    }
  }

  async score(all: FeatureSource): Promise<Float32Array> {
    const { dim, width, columns, hiddenWeight, hiddenBias, weight, bias } = this.weights
    const features = readBy(this, dim, all)
    const scores = new Float32Array(features.count * columns)
    await using products = await openMatrixProducts()
    for (let start = 0; start < features.count; start += blockRows) {
      const end = Math.min(start + blockRows, features.count)
      const rows = end - start
      const sums = await products.multiply(await features.read(start, end), hiddenWeight, [rows, dim, width])
      const hidden = sums.map((sum, i) => Math.max(0, sum + hiddenBias[i % width]!))
      const block = await products.multiply(hidden, weight, [rows, width, columns])
      scores.set(
        block.map((score, i) => score + bias[i % columns]!),
        start * columns,
      )
    }
    return scores
  }

  shift(by: Float64Array): MlpHead {
    const bias = this.weights.bias.map((value, column) => value + by[column]!)
    return new MlpHead({ ...this.weights, bias }, this.layers)
  }

  slice(start: number, end: number): MlpHead {
    const { width, columns, weight, bias } = this.weights
    const size = end - start
    const part = new Float32Array(width * size)
    for (let unit = 0; unit < width; unit++) {
      part.set(weight.subarray(unit * columns + start, unit * columns + end), unit * size)
    }
    return new MlpHead({ ...this.weights, columns: size, weight: part, bias: bias.slice(start, end) }, this.layers)
  }
}

function names(prefix: string) {
  return {
    hiddenWeight: `${prefix}hidden/weight`,
    hiddenBias: `${prefix}hidden/bias`,
    sums: `${prefix}hidden/sums`,
    hidden: `${prefix}hidden`,
    weight: `${prefix}weight`,
    bias: `${prefix}bias`,
  }
}
