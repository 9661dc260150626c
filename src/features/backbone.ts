import type { ClassInfo } from '../catalog/imagenet.js'
import type { Preprocess } from '../image/types.js'
import type { InputRecord } from '../preprocessing/input-record.js'
import type { BottleneckShape } from './entry.js'
import { sizeOfLayers, type Layer } from './layers.js'

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
  /** D: length of the feature vector, which the layers read by default make up. */
  readonly dim: number
  /** All layers that heads may read, in order. */
  readonly layers: readonly Layer[]
  readonly preprocess: Preprocess
  /** How pixel values are scaled after `preprocess`, and how that is known; absent in bundles of earlier versions. */
  readonly input?: InputRecord
  /** The N old classes, in column order. */
  readonly classes: readonly ClassInfo[]
  /** Why the graph processes images one by one, if it does: a clause for messages. */
  readonly oneByOne?: string
}

/** Lengths of the rows of a feature table: of the features, and of the further layers. */
export function tableDims({ dim, layers }: Pick<Backbone, 'dim' | 'layers'>): { dim: number; furtherDim: number } {
  return { dim, furtherDim: sizeOfLayers(layers) - dim }
}

/** Whether there are layers to choose beside those of the feature vector. */
export function hasFurther({ layers }: Pick<Backbone, 'layers'>): boolean {
  return layers.some(({ byDefault }) => !byDefault)
}

/** Lengths of what is kept of a view: all layers, and the old logits. */
export function bottleneckShape({ layers, classes }: Pick<Backbone, 'layers' | 'classes'>): BottleneckShape {
  return { dim: sizeOfLayers(layers), classes: classes.length }
}
