import { NpluskError } from '../core/errors.js'
import { createRandom } from '../math/random.js'
import type { PlainTensor } from './session.js'

/**
 * Images [count, height, width, 3] of seeded noise: any pixels will do to compare two graphs by, as long as they vary.
 */
export function noiseImages(count: number, height: number, width: number): PlainTensor & { readonly data: Uint8Array } {
  const random = createRandom('noise')
  const data = Uint8Array.from({ length: count * height * width * 3 }, () => random.integer(256))
  return { dims: [count, height, width, 3], data }
}

/** Logits that two graphs give for the same pixels. */
export interface Comparison {
  /** Largest change of a logit that is a number before and after; 0 where all of these are the same bit for bit. */
  readonly largest: number
  /** The first one that changes by more than the tolerance, or is no number in one of the two. */
  readonly first: number | undefined
}

/** What changes are let pass. */
export interface Lenience {
  /** Changes up to this do not count. @default 0 */
  readonly tolerance?: number
  /** Logits that are to change. @default none */
  readonly except?: ReadonlySet<number | undefined>
}

/** @param actual of at least as many as are expected; those that follow are not looked at */
export function compareLogits(
  expected: Float32Array,
  actual: Float32Array,
  { tolerance = 0, except = new Set() }: Lenience = {},
): Comparison {
  let largest = 0
  let first: number | undefined
  for (let i = 0; i < expected.length; i++) {
    if (except.has(i) || Object.is(expected[i], actual[i])) continue
    const change = Math.abs(expected[i]! - actual[i]!)
    if (!Number.isNaN(change)) largest = Math.max(largest, change)
    if (!(change <= tolerance)) first ??= i
  }
  return { largest, first }
}

/**
 * Refuses logits that are not those of the model that others were made of.
 *
 * @param what changes which logit, as the start of a sentence that goes on with its number
 * @throws NpluskError `BAD_MODEL`
 */
export function refuseChangedLogits(
  what: string,
  expected: Float32Array,
  actual: Float32Array,
  lenience?: Lenience,
): void {
  const { first } = compareLogits(expected, actual, lenience)
  if (first === undefined) return
  throw new NpluskError(
    'BAD_MODEL',
    `${what} ${first} (${expected[first]} became ${actual[first]}); nothing was written. Please report this.`,
  )
}
