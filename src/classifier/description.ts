import { columnsOf } from '../bundle/columns.js'
import { heldOutClasses } from '../bundle/held-out-classes.js'
import {
  labelsOf,
  type AddedClass,
  type HeldOutClassRecord,
  type Label,
  type Manifest,
  type TrainingRecord,
} from '../bundle/manifest.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { Backbone } from '../features/backbone.js'
import type { Preprocess } from '../image/types.js'

/** An extended model or a base model, without what runs it. */
export interface ClassifierDescription {
  /** Of the bundle as it was opened; `undefined` for a base model. */
  readonly manifest?: Manifest
  /** SHA-256 of a base model's prepared graph; `undefined` for a bundle. */
  readonly baseHash?: string
  readonly preprocess: Preprocess
  readonly labels: readonly Label[]
  readonly baseClasses: readonly ClassInfo[]
  /** Every added class, once per increment that has images of it, and the column that it answers with. */
  readonly added: readonly (AddedClass & { readonly column: number })[]
  /** As in `TrainingRecord`; empty for a base model. */
  readonly confidenceQuantiles: readonly number[]
  /** As in `TrainingRecord`. */
  readonly standoutQuantiles?: readonly number[]
  /** Held-out figures of the added classes; empty where there are none. */
  readonly heldOut: readonly HeldOutClassRecord[]
  /** Whether the graph processes the images of a batch one by one. @default false */
  readonly oneByOne?: boolean
}

interface Opened extends Pick<Manifest, 'increments' | 'preprocess'> {
  readonly base: Pick<Manifest['base'], 'classes'>
  readonly backbone: Pick<Manifest['backbone'], 'oneByOne'>
}

/** Describes a bundle's classifier. */
export function describeBundle(manifest: Manifest): ClassifierDescription {
  return { ...describe(manifest, manifest.training), manifest }
}

/** Describes a base model as a classifier. */
export function describeBase(backbone: Backbone): ClassifierDescription {
  const described = describe({ base: backbone, backbone, increments: [], preprocess: backbone.preprocess })
  return { ...described, baseHash: backbone.graphHash }
}

function describe(
  { base, backbone, increments, preprocess }: Opened,
  training?: TrainingRecord,
): ClassifierDescription {
  let next = base.classes.length
  const added = columnsOf(increments).flatMap(({ mergedInto, sources }) => {
    const column = mergedInto ?? next++
    return sources.map(({ increment, place }) => ({ ...increments[increment]!.classes[place]!, column }))
  })
  return {
    preprocess,
    labels: labelsOf({ base, increments }),
    baseClasses: base.classes,
    added,
    confidenceQuantiles: training?.confidenceQuantiles ?? [],
    ...(training?.standoutQuantiles && { standoutQuantiles: training.standoutQuantiles }),
    heldOut: training === undefined ? [] : heldOutClasses(training),
    oneByOne: backbone.oneByOne !== undefined,
  }
}
