import { NpluskError } from '../core/errors.js'
import { createRandom } from '../math/random.js'
import type { PlainTensor } from './session.js'

/** Seeded uint8 noise images [count, height, width, 3]: two graphs can be compared on any pixels that vary. */
export function noiseImages(count: number, height: number, width: number): PlainTensor & { readonly data: Uint8Array } {
  const random = createRandom('noise')
  const data = Uint8Array.from({ length: count * height * width * 3 }, () => random.integer(256))
  return { dims: [count, height, width, 3], data }
}

/** How far the logits of two graphs differ on the same pixels. */
export interface Comparison {
  /** Largest difference among logits that are numbers in both; 0 where all of these are identical bit for bit. */
  readonly largest: number
  /** Index of the first logit that differs by more than the tolerance, or is NaN in only one of the two. */
  readonly first: number | undefined
}

/** Which differences are tolerated. */
export interface ComparisonOptions {
  /** Largest absolute difference that does not count. @default 0 */
  readonly tolerance?: number
  /** Indices of logits that are meant to change. @default none */
  readonly except?: ReadonlySet<number | undefined>
}

/**
 * Compares logits one by one.
 *
 * @param actual at least as many values as `expected`; any beyond those are ignored
 */
export function compareLogits(
  expected: Float32Array,
  actual: Float32Array,
  { tolerance = 0, except = new Set() }: ComparisonOptions = {},
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
 * Throws where a derived graph no longer gives the logits of the model it was made from.
 *
 * @param what the start of the message, which the number of the changed logit follows
 * @throws NpluskError `BAD_MODEL`
 */
export function refuseChangedLogits(
  what: string,
  expected: Float32Array,
  actual: Float32Array,
  options?: ComparisonOptions,
): void {
  const { first } = compareLogits(expected, actual, options)
  if (first === undefined) return
  throw new NpluskError(
    'BAD_MODEL',
    `${what} ${first} (${expected[first]} became ${actual[first]}); nothing was written. Please report this.`,
  )
}
