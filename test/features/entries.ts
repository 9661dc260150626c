import type { Bottleneck } from '../../src/features/store.js'
import { createRandom } from '../../src/math/random.js'

/** A bottleneck made up from its key: the same in every process. */
export function entryOf(key: string, dim = 257, classes = 11): [key: string, bottleneck: Bottleneck] {
  const random = createRandom(key)
  return [
    key,
    {
      features: Float32Array.from({ length: dim }, () => 3 * random.normal()),
      logits: Float32Array.from({ length: classes }, () => 10 * random.normal()),
    },
  ]
}
