import { tensorNames } from '../backbone/tensor-names.js'
import { node } from '../onnx/build.js'
import type { NodeProto, TensorProto } from '../onnx/model.js'
import { partsOfSource, type FeatureSource } from './feature-source.js'
import type { HeadKind } from './head-kind.js'
import type { ChosenLayer } from './layer-choice.js'

/** Computes logits from features. */
export interface Scorer {
  /** k: number of columns. */
  readonly columns: number
  /**
   * @param features of all layers, or at least of those that are read
   * @returns row-major [count × k]
   */
  score(features: FeatureSource): Promise<Float32Array>
}

/**
 * A head added to a classifier: the logits of further columns, from raw features. Each kind has its own folder here,
 * with the method that trains it (`head-method.ts`).
 */
export interface AddedHead extends Scorer {
  readonly kind: HeadKind
  /** The layers that it reads, in order. @default the features as they are */
  readonly layers?: readonly ChosenLayer[] | undefined
  /**
   * The head's part of the merged graph: from `features` to the tensor `logitsName(prefix)` [batch, k]. All other names
   * start with the prefix.
   */
  nodes(prefix: string): GraphPart
  /**
   * A head with these amounts added to its logits.
   *
   * @param by [k], by column, in nats
   */
  shift(by: Float64Array): AddedHead
  /**
   * Adjacent columns as a head of their own.
   *
   * @param end exclusive
   */
  slice(start: number, end: number): AddedHead
}

/** Additions to a graph, in order. */
export interface GraphPart {
  readonly initializers: readonly TensorProto[]
  readonly nodes: readonly NodeProto[]
}

/** The features that a head reads, of those of all layers. */
export function readBy({ layers }: Pick<AddedHead, 'layers'>, dim: number, features: FeatureSource): FeatureSource {
  if (layers) {
    // Rows of the features alone would give wrong logits without any error.
    if (layers.at(-1)!.end > features.dim) throw new RangeError(`${features.dim} features, and a head that reads more`)
    return partsOfSource(features, layers)
  }
  return features.dim === dim ? features : partsOfSource(features, [{ start: 0, end: dim }])
}

/**
 * The tensor that a head reads, with the nodes that make it of the layers' tensors.
 *
 * @param prefix of the names of what is added
 */
export function inputOf({ layers }: Pick<AddedHead, 'layers'>, prefix: string): { nodes: NodeProto[]; tensor: string } {
  if (layers === undefined) return { nodes: [], tensor: tensorNames.features }
  const tensor = `${prefix}features`
  const parts = layers.map((layer) => layer.tensor)
  return { nodes: [node('Concat', parts, tensor, { axis: 1 })], tensor }
}

/** Name of a head's logits in the merged graph. */
export function logitsName(prefix: string): string {
  return `${prefix}logits`
}

/**
 * Heads with amounts added to their logits.
 *
 * @param by [columns of all heads], in nats
 */
export function shiftHeads(heads: readonly AddedHead[], by: Float64Array): AddedHead[] {
  let first = 0
  return heads.map((head) => head.shift(by.subarray(first, (first += head.columns))))
}

/** Splits heads into heads with the given numbers of columns, in order, none of which has columns of two. */
export function splitHeads(heads: readonly AddedHead[], sizes: readonly number[]): AddedHead[] {
  let current = 0
  let first = 0
  return sizes.map((size) => {
    while (size > 0 && first === heads[current]!.columns) {
      current++
      first = 0
    }
    return heads[current]!.slice(first, (first += size))
  })
}
