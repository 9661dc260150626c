import type { IncrementFeatures } from '../bundle/parts.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { refuseTunedGrowth } from '../fine-tuning/tuned-increments.js'
import type { AddedHead } from '../head/added-head.js'
import { refuseGrowth, refuseNothingNew } from '../tables/grown-classes.js'
import { withoutKnown } from '../tables/known-pictures.js'
import { warnOfMoved, withoutMoved } from '../tables/moved-pictures.js'
import { warnOfName, type Addition } from '../training/plan-addition.js'

/** What a bundle was before an addition. */
export interface SoFar {
  readonly before: readonly IncrementFeatures[]
  /** The heads of the first increments, which stay as they are. */
  readonly frozen: readonly AddedHead[]
  /** Whether these are those of all increments, as the caller asked. */
  readonly isFrozen: boolean
}

/** An addition beside what its bundle has. */
export interface WhatIsNew {
  /** The increments before, without pictures that lie in another class now. */
  readonly kept: readonly IncrementFeatures[]
  /** The increment that is added, without pictures that its classes have already; none where no others are left. */
  readonly fresh: readonly IncrementFeatures[]
  /** Number of pictures that were left out of it. */
  readonly known: number
}

/**
 * Compares an addition with what its bundle has, and warns of pictures that changed their class.
 *
 * @throws NpluskError `CONFLICT` for images of classes that take no more, and where nothing is left to be trained
 */
export function whatIsNew(
  addition: Addition,
  images: IncrementFeatures,
  { before, frozen, isFrozen }: SoFar,
  { warn }: Pick<WatchedCall, 'warn'>,
): WhatIsNew {
  const { earlier } = addition
  const { kept, ...moved } = withoutMoved(before, images, frozen.length)
  warnOfMoved(moved, warn)
  const { fresh, known } = withoutKnown(kept, images)
  const labels = fresh.flatMap(({ increment }) => increment.classes.map(({ label }) => label))
  refuseTunedGrowth(earlier?.manifest, labels, { kind: 'keep-apart-instead' })
  if (isFrozen) refuseGrowth(earlier?.manifest, labels)
  if (fresh.length === 0 && kept.length === frozen.length) refuseNothingNew(earlier!)
  if (fresh.length > 0) warnOfName(addition, warn)
  return { kept, fresh, known }
}
