import { node } from '../../onnx/build.js'
import type { TensorProto } from '../../onnx/model.js'
import { dimsOf, floatTensor, readTensor } from '../../onnx/tensor.js'
import { beside } from '../../math/beside.js'
import { concat } from '../../math/concat.js'
import { inputOf, logitsName, readBy, type AddedHead, type GraphPart } from '../added-head.js'
import type { LinearKind } from '../head-kind.js'
import type { FeatureSource } from '../feature-source.js'
import type { ChosenLayer } from '../layer-choice.js'
import { scoreRows } from './score.js'
import type { LinearWeights } from './types.js'

/** `logits = features · weight + bias`: one product in the graph. */
export class LinearHead implements AddedHead, LinearWeights {
  readonly dim: number
  readonly columns: number
  readonly weight: Float32Array
  readonly bias: Float32Array

  /**
   * @param kind what it was trained as; all kinds compute alike
   * @param layers those that `weight` is for; see `AddedHead`
   */
  constructor(
    { dim, columns, weight, bias }: LinearWeights,
    readonly kind: LinearKind = 'softmax',
    readonly layers?: readonly ChosenLayer[],
  ) {
    this.dim = dim
    this.columns = columns
    this.weight = weight
    this.bias = bias
  }

  /** A head without columns. */
  static empty(dim: number): LinearHead {
    return new LinearHead({ dim, columns: 0, weight: new Float32Array(0), bias: new Float32Array(0) })
  }

  /** Joins heads on the same layers side by side. */
  static join(heads: readonly LinearHead[]): LinearHead {
    const { dim, kind, layers } = heads.find((head) => head.columns > 0) ?? heads[0]!
    const { columns, values: weight } = beside(
      heads.map((head) => ({ columns: head.columns, values: head.weight })),
      dim,
    )
    const bias = concat(
      Float32Array,
      heads.map((head) => head.bias),
    )
    return new LinearHead({ dim, columns, weight, bias }, kind, layers)
  }

  /**
   * Reads what `nodes` put into a graph.
   *
   * @param find returns the graph's initializer with a name
   */
  static read(
    prefix: string,
    find: (name: string) => TensorProto,
    kind?: LinearKind,
    layers?: readonly ChosenLayer[],
  ): LinearHead {
    const { weight, bias } = names(prefix)
    const [dim, columns] = dimsOf(find(weight)) as [number, number]
    const values = (name: string) => Float32Array.from(readTensor(find(name)))
    return new LinearHead({ dim, columns, weight: values(weight), bias: values(bias) }, kind, layers)
  }

  nodes(prefix: string): GraphPart {
    const { weight, bias } = names(prefix)
    const input = inputOf(this, prefix)
    return {
      initializers: [
        floatTensor(weight, [this.dim, this.columns], this.weight),
        floatTensor(bias, [this.columns], this.bias),
      ],
      nodes: [...input.nodes, node('Gemm', [input.tensor, weight, bias], logitsName(prefix))],
    }
  }

  score(features: FeatureSource): Promise<Float32Array> {
    return scoreRows(readBy(this, this.dim, features), [this])
  }

  shift(by: Float64Array): LinearHead {
    return new LinearHead(
      { ...this, bias: this.bias.map((value, column) => value + by[column]!) },
      this.kind,
      this.layers,
    )
  }

  slice(start: number, end: number): LinearHead {
    const { dim, columns, weight, bias } = this
    const size = end - start
    const part = new Float32Array(dim * size)
    for (let d = 0; d < dim; d++) part.set(weight.subarray(d * columns + start, d * columns + end), d * size)
    return new LinearHead({ dim, columns: size, weight: part, bias: bias.slice(start, end) }, this.kind, this.layers)
  }
}

function names(prefix: string): Record<'weight' | 'bias', string> {
  return { weight: `${prefix}weight`, bias: `${prefix}bias` }
}
