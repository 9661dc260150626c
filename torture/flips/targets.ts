import type { TargetMaker } from './flip.js'
import { inceptionBundle } from './inception-bundle.js'
import { shippedPack } from './pack.js'
import { tinyBundle } from './tiny-bundle.js'

/** What bits are flipped in. */
export interface NamedTarget {
  readonly name: string
  readonly make: TargetMaker
  /** Attempts of 200 that it gets; those of a target that takes long are few. */
  readonly share: number
}

/** Shares are handed out in this order, and again from the beginning. */
export const targets: readonly NamedTarget[] = [
  { name: 'tiny bundle', make: tinyBundle, share: 150 },
  { name: 'shipped pack', make: shippedPack, share: 49 },
  { name: 'Inception bundle', make: inceptionBundle, share: 1 },
]
