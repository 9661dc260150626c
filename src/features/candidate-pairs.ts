import { createRandom } from '../math/random.js'
import { dot } from '../math/vectors.js'

const hashBits = 128
/** Images that share a bucket by chance, about. */
const bucketSize = 16

/**
 * Pairs of vectors that are likely to be near, some more than once: a locality-sensitive hash, the signs of random
 * projections (Charikar, "Similarity estimation techniques from rounding algorithms", 2002), in bands. Of few vectors,
 * all pairs are.
 *
 * @param vectors of one length, centred: else all lie on one side of most planes
 */
export function* candidatePairs(vectors: readonly Float32Array[]): Generator<readonly [first: number, second: number]> {
  const count = vectors.length
  if (count <= 32 * bucketSize) {
    for (let j = 1; j < count; j++) for (let i = 0; i < j; i++) yield [i, j]
    return
  }
  const bandBits = Math.min(16, Math.ceil(Math.log2(count / bucketSize)))
  const random = createRandom('near-duplicates')
  const { length } = vectors[0]!
  for (let band = 0; band + bandBits <= hashBits; band += bandBits) {
    const planes = Array.from({ length: bandBits }, () => Float64Array.from({ length }, () => random.normal()))
    const buckets = new Map<number, number[]>()
    for (const [j, vector] of vectors.entries()) {
      const hash = planes.reduce((bits, plane) => 2 * bits + (dot(plane, vector) > 0 ? 1 : 0), 0)
      const bucket = buckets.get(hash)
      if (bucket === undefined) buckets.set(hash, [j])
      else {
        for (const i of bucket) yield [i, j]
        bucket.push(j)
      }
    }
  }
}
