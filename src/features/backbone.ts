import type { ClassInfo } from '../catalog/imagenet.js'
import type { Preprocess } from '../image/types.js'
import type { InputRecord } from '../preprocessing/input-record.js'
import type { BottleneckShape } from './entry.js'

/** A base model prepared for extension: a graph from pixels to base logits and features, with its description. */
export interface Backbone {
  /** Name of the base model: a known name or a file name. */
  readonly name: string
  /** SHA-256 of the base model's file. */
  readonly sha256: string
  /** ONNX: `image` in, `base_logits` and `features` out. */
  readonly graph: Uint8Array
  /** SHA-256 of `graph`: features of different graphs must not be mixed. */
  readonly graphHash: string
  /** D: length of the feature vector. */
  readonly dim: number
  readonly preprocess: Preprocess
  /** How pixel values are scaled after `preprocess`, and how that is known; absent in bundles of earlier versions. */
  readonly input?: InputRecord
  /** The N old classes, in column order. */
  readonly classes: readonly ClassInfo[]
  /** Why the graph processes images one by one, if it does: a clause for messages. */
  readonly oneByOne?: string
}

/** Lengths of the graph's outputs. */
export function bottleneckShape({ dim, classes }: Pick<Backbone, 'dim' | 'classes'>): BottleneckShape {
  return { dim, classes: classes.length }
}
