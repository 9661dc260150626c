import type { ClassInfo } from '../catalog/imagenet.js'
import type { Preprocess } from '../image/types.js'
import type { InputRecord } from '../preprocessing/input-record.js'
import type { BottleneckShape } from './entry.js'

/** A classifier made ready to be extended: a graph from pixels to base logits and features, and what is known of it. */
export interface Backbone {
  /** Of the base model: a known name or a file's name. */
  readonly name: string
  /** SHA-256 of the base model's file. */
  readonly sha256: string
  /** ONNX: `image` in, `base_logits` and `features` out. */
  readonly graph: Uint8Array
  /** SHA-256 of `graph`: features of different graphs do not mix. */
  readonly graphHash: string
  /** D: length of the feature vector. */
  readonly dim: number
  readonly preprocess: Preprocess
  /** How the values are scaled after that, and how that is known; absent in bundles of earlier versions. */
  readonly input?: InputRecord
  /** The N old classes, in column order. */
  readonly classes: readonly ClassInfo[]
  /** Why the graph runs one picture after the other, where it does: a clause for people. */
  readonly oneByOne?: string
}

/** Lengths of what the graph gives. */
export function bottleneckShape({ dim, classes }: Pick<Backbone, 'dim' | 'classes'>): BottleneckShape {
  return { dim, classes: classes.length }
}
