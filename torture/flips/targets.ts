import { downloads } from './downloads.js'
import type { TargetMaker } from './flip.js'
import { inceptionBundle } from './inception-bundle.js'
import { shippedPack } from './pack.js'
import { pinnedInput } from './pinned-input.js'
import { featurePart, featureStore } from './store.js'
import { tinyBundle } from './tiny-bundle.js'

/** What bits are flipped in. */
export interface NamedTarget {
  readonly name: string
  readonly make: TargetMaker
  /** Attempts of 340 that it gets; those of a target that takes long are few. */
  readonly share: number
}

/** Shares are handed out in this order, and again from the beginning. */
export const targets: readonly NamedTarget[] = [
  { name: 'tiny bundle', make: tinyBundle, share: 150 },
  { name: 'shipped pack', make: shippedPack, share: 49 },
  { name: 'feature store', make: featureStore, share: 60 },
  { name: 'part of features', make: featurePart, share: 30 },
  { name: 'downloads', make: downloads, share: 40 },
  { name: 'pinned input', make: pinnedInput, share: 10 },
  { name: 'Inception bundle', make: inceptionBundle, share: 1 },
]
