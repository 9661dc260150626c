import { createRandom } from '../math/random.js'
import { dot } from '../math/vectors.js'

const hashBits = 128
/** Approximate number of images that share a bucket by chance. */
const bucketSize = 16

/**
 * Yields pairs of vectors that are probably close, some of them repeatedly. A locality-sensitive hash finds them: the
 * signs of random projections (Charikar, "Similarity estimation techniques from rounding algorithms", 2002), in bands.
 * For few vectors it yields all pairs.
 *
 * @param vectors of equal length, centred; otherwise all would lie on one side of most planes
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
