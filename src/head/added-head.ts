import type { NodeProto, TensorProto } from '../onnx/model.js'
import type { FeatureSource } from './feature-source.js'

/** Computes logits from features. */
export interface Scorer {
  /** k: number of columns. */
  readonly columns: number
  /** @returns row-major [count × k] */
  score(features: FeatureSource): Promise<Float32Array>
}

/**
 * A head added to a classifier: the logits of further columns, from raw features. Each kind has its own folder here,
 * with the method that trains it (`head-method.ts`).
 */
export interface AddedHead extends Scorer {
  readonly kind: string
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

/** Name of a head's logits in the merged graph. */
export function logitsName(prefix: string): string {
  return `${prefix}logits`
}

/** Splits a head into heads with the given numbers of columns, in order. */
export function splitHead(head: AddedHead, sizes: readonly number[]): AddedHead[] {
  let first = 0
  return sizes.map((size) => {
    const start = first
    first += size
    return head.slice(start, first)
  })
}
