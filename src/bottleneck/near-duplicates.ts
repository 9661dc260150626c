import { float16ToFloat32 } from '../math/float16.js'
import { createRandom } from '../math/random.js'
import { pickRows, type FeatureTable } from './table.js'

/** Features a hash looks at: enough to tell pictures apart, few enough to hash a hundred thousand. */
const sampledFeatures = 512
const hashBits = 128
/** A band of equal bits makes two images candidates. */
const bandBits = 8
/**
 * Cosine of the standardised features from which two images count as one. Copies that were re-encoded, made smaller or cropped by a
 * few pixels measured .72 to .92, different photographs of one class at most .64.
 */
const sameImage = 0.7

export interface Grouped {
  readonly table: FeatureTable
  /** Images that were found to be copies of another one of their class. */
  readonly copies: number
}

/**
 * Finds images of one class that are near-duplicates, and makes them one image of several views: they then count once, and never lie on
 * both sides of a split.
 *
 * Candidates come from a locality-sensitive hash of the plain views' features, the signs of random projections (Charikar, "Similarity
 * estimation techniques from rounding algorithms", 2002), in bands; a candidate counts if the features themselves agree.
 */
export function groupNearDuplicates(table: FeatureTable): Grouped {
  const plain = Array.from(table.image.keys()).filter((row) => row === 0 || table.image[row] !== table.image[row - 1])
  const centred = centring(table, plain)
  const planes = hyperplanes(centred.size)
  const parent = plain.map((_, i) => i)
  const rootOf = (i: number): number => (parent[i] === i ? i : (parent[i] = rootOf(parent[i]!)))
  // Class by class: only one class's vectors are held at a time.
  for (const members of byLabel(table, plain).values()) {
    const vectors = members.map((i) => centred.vector(plain[i]!))
    const hashes = vectors.map((vector) => planes.map((plane) => (dot(plane, vector) > 0 ? '1' : '0')).join(''))
    for (let band = 0; band < hashBits; band += bandBits) {
      const buckets = new Map<string, number[]>()
      members.forEach((i, m) => {
        const bucket = hashes[m]!.slice(band, band + bandBits)
        const others = buckets.get(bucket) ?? []
        const twin = others.find((other) => cosine(vectors[other]!, vectors[m]!) >= sameImage)
        if (twin !== undefined) parent[rootOf(i)] = rootOf(members[twin]!)
        others.push(m)
        buckets.set(bucket, others)
      })
    }
  }
  const copies = parent.filter((_, i) => rootOf(i) !== i).length
  if (copies === 0) return { table, copies }
  const groups = plain.map((_, i) => rootOf(i))
  return { table: regroup(table, groups), copies }
}

/** Places in `plain` by the class they show. */
function byLabel({ label }: FeatureTable, plain: readonly number[]): Map<number, number[]> {
  const members = new Map<number, number[]>()
  plain.forEach((row, i) => {
    const own = members.get(label[row]!)
    if (own) own.push(i)
    else members.set(label[row]!, [i])
  })
  return members
}

/** Rows of one group side by side, images numbered anew. */
function regroup(table: FeatureTable, groupOfImage: readonly number[]): FeatureTable {
  let place = -1
  const group = Array.from(table.image, (image, row) => {
    if (row === 0 || image !== table.image[row - 1]) place++
    return groupOfImage[place]!
  })
  const order = Array.from(group.keys()).sort((a, b) => group[a]! - group[b]! || a - b)
  const sorted = pickRows(table, order)
  let image = -1
  const renumbered = sorted.image.map((_, i) =>
    i === 0 || group[order[i]!] !== group[order[i - 1]!] ? ++image : image,
  )
  return { ...sorted, image: renumbered }
}

/** Some of the features, standardised over the given rows. */
function centring(
  { features, dim }: FeatureTable,
  rows: readonly number[],
): { size: number; vector: (row: number) => Float64Array } {
  const step = Math.max(1, Math.floor(dim / sampledFeatures))
  const columns = Array.from({ length: Math.min(dim, sampledFeatures) }, (_, i) => dim - 1 - i * step)
  const whole = new Uint16Array(dim)
  const sampled = (row: number) => {
    features.copy(row, row + 1, whole)
    return Float64Array.from(columns, (column) => float16ToFloat32(whole[column]!))
  }
  const mean = new Float64Array(columns.length)
  const variance = new Float64Array(columns.length)
  rows.forEach((row, i) => {
    // Welford's recurrence: one pass, and no difference of large sums.
    sampled(row).forEach((value, d) => {
      const difference = value - mean[d]!
      mean[d]! += difference / (i + 1)
      variance[d]! += (difference * (value - mean[d]!) - variance[d]!) / (i + 1)
    })
  })
  const scale = variance.map((value) => (value > 0 ? 1 / Math.sqrt(value) : 0))
  return {
    size: columns.length,
    vector: (row) => sampled(row).map((value, d) => (value - mean[d]!) * scale[d]!),
  }
}

/** Directions at random: on which side of each a vector lies is its hash. */
function hyperplanes(size: number): Float64Array[] {
  const random = createRandom('near-duplicates')
  return Array.from({ length: hashBits }, () => Float64Array.from({ length: size }, () => random.normal()))
}

function cosine(a: Float64Array, b: Float64Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!
  return sum
}
