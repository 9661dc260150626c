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
  const vectors = centredFeatures(table, plain)
  const hashes = signHashes(vectors)
  const parent = plain.map((_, i) => i)
  const rootOf = (i: number): number => (parent[i] === i ? i : (parent[i] = rootOf(parent[i]!)))
  for (let band = 0; band < hashBits / bandBits; band++) {
    const firstOf = new Map<string, number[]>()
    plain.forEach((row, i) => {
      const bucket = `${table.label[row]}:${hashes[i]!.slice(band * bandBits, (band + 1) * bandBits)}`
      const others = firstOf.get(bucket) ?? []
      const twin = others.find((other) => cosine(vectors[other]!, vectors[i]!) >= sameImage)
      if (twin !== undefined) parent[rootOf(i)] = rootOf(twin)
      firstOf.set(bucket, [...others, i])
    })
  }
  const copies = parent.filter((_, i) => rootOf(i) !== i).length
  return copies === 0
    ? { table, copies }
    : {
        table: regroup(
          table,
          plain.map((_, i) => rootOf(i)),
        ),
        copies,
      }
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

function centredFeatures({ features, dim }: FeatureTable, rows: readonly number[]): Float64Array[] {
  const step = Math.max(1, Math.floor(dim / sampledFeatures))
  const columns = Array.from({ length: Math.min(dim, sampledFeatures) }, (_, i) => dim - 1 - i * step)
  const vectors = rows.map((row) =>
    Float64Array.from(columns, (column) => float16ToFloat32(features[row * dim + column]!)),
  )
  columns.forEach((_, d) => {
    const mean = vectors.reduce((sum, vector) => sum + vector[d]!, 0) / vectors.length
    const variance = vectors.reduce((sum, vector) => sum + (vector[d]! - mean) ** 2, 0) / vectors.length
    const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0
    for (const vector of vectors) vector[d] = (vector[d]! - mean) * scale
  })
  return vectors
}

/** A text of 0 and 1 for each vector: on which side of random hyperplanes it lies. */
function signHashes(vectors: readonly Float64Array[]): string[] {
  const random = createRandom('near-duplicates')
  const planes = Array.from({ length: hashBits }, () => Float64Array.from(vectors[0] ?? [], () => random.normal()))
  return vectors.map((vector) => planes.map((plane) => (dot(plane, vector) > 0 ? '1' : '0')).join(''))
}

function cosine(a: Float64Array, b: Float64Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!
  return sum
}
