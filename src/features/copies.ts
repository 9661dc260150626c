import { createRandom } from '../math/random.js'
import { squaredDistance } from '../math/vectors.js'
import { candidatePairs } from './candidate-pairs.js'

/**
 * An image's surroundings are told by its eighth-nearest neighbour: up to three copies of every picture do not disturb
 * them.
 */
const neighbours = 8
/** Images that surroundings are measured in, at most. */
const mostReferences = 500
/** Fewer images do not show what is usual among them. */
const leastImages = 5
/** Images that one would expect as near as a copy by chance, at most. */
const chance = 0.03
/** Of the squared distance to the eighth-nearest; a copy is never farther, however unlikely it is. */
const farthest = 0.5

/**
 * Finds the copies among the images of one class: pictures that were encoded again, made smaller or cropped by a few
 * pixels.
 *
 * How near is near depends on the class: photographs of flowers lie far apart, a set of screws on a conveyor belt lies
 * close together, and if only one thing varies among them, such as a hue, each has others very near to it. So a
 * distance is compared with what is usual there. With its eighth-nearest neighbour at the distance s, and where counts
 * of neighbours grow as the D-th power of the distance, an image has 8 (d / s)^D neighbours up to the distance d; a
 * copy is so near that only .03 were to be expected. D is that of the class: the fourth- and the eighth-nearest
 * neighbours of its images tell it, as in Levina and Bickel, "Maximum Likelihood Estimation of Intrinsic Dimension",
 * 2004.
 *
 * Of 30 photographs of flowers, Inception v3's features among 150 others of the class (among 20) gave away the copy of
 * JPEG quality 90 in 30 (30) cases, of 60 in 25 (28), of 40 in 26 (26), without 4 pixels at every side in 29 (29),
 * without 8 in 29 (28), of two thirds of the size in 23 (21), of half in 14 (11): theirs are small pictures, and half
 * of one is another picture to the model. Of the 750 photographs 6 were found to be copies, five of them one scene
 * taken twice. Of 150 made-up images that differ in 1 to 20 things, 0.4 to 1.7 are taken for copies.
 *
 * Pictures that came at several times were compared with those that came with them, and are so no more: only later ones
 * are found to be copies of earlier ones, each of one, so that what was counted once stays counted. All of them may be
 * there twice: what is usual is told by the largest part, and equal features are a copy however few they are.
 *
 * @param vectors of one length and centred, the images' features; distances among them mean something
 * @param part [images] what the image came with, in ascending order; without it all are compared
 * @returns for every image the first one that it is a copy of, itself where it is none
 */
export function copiesAmong(vectors: readonly Float32Array[], part?: readonly number[]): number[] {
  const parent = vectors.map((_, i) => i)
  const rootOf = (i: number): number => (parent[i] === i ? i : (parent[i] = rootOf(parent[i]!)))
  if (part !== undefined) joinEqual(vectors, part, parent)
  const usual = part === undefined ? vectors : largestPart(vectors, part)
  if (usual.length < leastImages) return parent
  const { scale, expected } = surroundings(vectors, usual)
  for (const [i, j] of candidatePairs(vectors)) {
    if (part !== undefined && (part[i] === part[j] || parent[j] !== j)) continue
    const own = Math.min(scale[i]!, scale[j]!)
    const distance = squaredDistance(vectors[i]!, vectors[j]!)
    if (!(distance < farthest * own && expected(distance / own) < chance)) continue
    const [a, b] = [rootOf(i), rootOf(j)]
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  return parent.map((_, i) => rootOf(i))
}

/** Makes images copies of the first of an earlier part with the very same features. */
function joinEqual(vectors: readonly Float32Array[], part: readonly number[], parent: number[]): void {
  const first = new Map<string, number>()
  vectors.forEach((vector, i) => {
    const key = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('latin1')
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, i)
    else if (part[earlier] !== part[i]) parent[i] = earlier
  })
}

function largestPart(vectors: readonly Float32Array[], part: readonly number[]): readonly Float32Array[] {
  const members = new Map<number, Float32Array[]>()
  part.forEach((one, i) => {
    const own = members.get(one)
    if (own) own.push(vectors[i]!)
    else members.set(one, [vectors[i]!])
  })
  return [...members.values()].reduce((largest, own) => (own.length > largest.length ? own : largest))
}

/** How the images of a class lie to each other. */
interface Surroundings {
  /** [images] the squared distance to the eighth-nearest neighbour among the references */
  readonly scale: Float64Array
  /** How many neighbours an image has by chance up to a squared distance, given in units of `scale`. */
  expected(distance: number): number
}

/** @param usual those of the vectors that show what is usual */
function surroundings(vectors: readonly Float32Array[], usual: readonly Float32Array[]): Surroundings {
  const count = vectors.length
  const references = createRandom('copies')
    .shuffle([...usual])
    .slice(0, mostReferences)
  const kth = Math.min(neighbours, references.length - 2)
  const half = Math.ceil(kth / 2)
  const scale = new Float64Array(count)
  const growth = new Float64Array(count)
  vectors.forEach((vector, i) => {
    const distances = new Float64Array(references.length)
    references.forEach((other, r) => (distances[r] = other === vector ? Infinity : squaredDistance(vector, other)))
    distances.sort()
    scale[i] = distances[kth - 1]!
    growth[i] = Math.log(distances[kth - 1]! / distances[half - 1]!)
  })
  // Half the dimension, since distances are squared.
  const exponent = Math.log(kth / half) / median(growth)
  const density = kth * ((count - 1) / Math.max(1, references.length - 1))
  return { scale, expected: (distance) => density * distance ** exponent }
}

/** Of the values that are numbers. */
function median(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  return sorted[sorted.length >> 1] ?? NaN
}
