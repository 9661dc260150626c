import { readFile } from 'node:fs/promises'
import { hashOf } from '../core/hash-of.js'
import type { Preprocess } from '../image/types.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import { fetchKnownModel, type FetchOptions } from '../catalog/fetch-model.js'
import { knownInput, type InputRecord } from '../preprocessing/input-record.js'
import { imagenetClasses, type ClassInfo } from '../catalog/imagenet.js'
import { locateHead } from '../locate/locate.js'
import { prepareBackbone } from '../backbone/prepare.js'

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

/** Fetches a known model that is converted from TFLite, where it is not cached, and prepares it. */
export async function knownBackbone(name: string, options: FetchOptions): Promise<Backbone> {
  const { file, sha256, known } = await fetchKnownModel(name, options)
  const model = decodeModel(await readFile(file), file)
  const location = locateHead(model)
  const taps = [...location.taps, location.bottleneck]
  const { preprocess } = known
  const graph = encodeModel(
    prepareBackbone(model, {
      location,
      taps,
      normalisation: undefined,
      width: preprocess.width,
      height: preprocess.height,
      dropBackground: known.classes.background,
    }),
  )
  const dim = taps.reduce((sum, { size }) => sum + size, 0)
  const input = knownInput(known.title)
  return { name, sha256, graph, graphHash: hashOf(graph), dim, preprocess, input, classes: await imagenetClasses() }
}

/** Lengths of what the graph gives. */
export function shapeOf({ dim, classes }: Backbone): { readonly dim: number; readonly classes: number } {
  return { dim, classes: classes.length }
}
