import type { NodeProto, TensorProto } from '../onnx/model.js'
import type { FeatureSource } from './feature-source.js'

/** Logits of a set of features. */
export interface Scorer {
  /** k: number of columns. */
  readonly columns: number
  /** @returns row-major [count × k] */
  score(features: FeatureSource): Promise<Float32Array>
}

/**
 * What was added to a classifier: the logits of further columns, from raw features. Every kind has a folder of its own
 * here, with the method that trains it (`head-method.ts`).
 */
export interface AddedHead extends Scorer {
  readonly kind: string
  /**
   * Its part of the merged graph: from `features` to the tensor `logitsName(prefix)` [batch, k], all else named under
   * the prefix.
   */
  nodes(prefix: string): GraphPart
  /** The head whose logits are larger by so much. @param by [k], by column */
  shift(by: Float64Array): AddedHead
  /** Some columns that lie side by side, as a head of their own. @param end exclusive */
  slice(start: number, end: number): AddedHead
}

/** What goes into a graph, in the order in which it goes there. */
export interface GraphPart {
  readonly initializers: readonly TensorProto[]
  readonly nodes: readonly NodeProto[]
}

/** What a head's logits are called in the merged graph. */
export function logitsName(prefix: string): string {
  return `${prefix}logits`
}

/** Cuts one head into heads of the given numbers of columns, in order. */
export function splitHead(head: AddedHead, sizes: readonly number[]): AddedHead[] {
  let first = 0
  return sizes.map((size) => {
    const start = first
    first += size
    return head.slice(start, first)
  })
}
