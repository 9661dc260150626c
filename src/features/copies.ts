import { hashOf } from '../core/hash-of.js'
import { medianOf } from '../math/median.js'
import { power } from '../math/power.js'
import { createRandom } from '../math/random.js'
import { squaredDistance } from '../math/vectors.js'
import { candidatePairs } from './candidate-pairs.js'
import { bytesOf } from './entry.js'

/**
 * Rank of the neighbour whose distance is the scale of an image's surroundings: up to three copies of every image do
 * not distort it.
 */
const neighbourRank = 8
/** Largest number of images used to measure surroundings. */
const maxReferences = 500
/** Fewer images do not show which distances are usual. */
const minImages = 5
/** A copy is so close that fewer images than this are expected at that distance by chance. */
const maxExpected = 0.03
/** Largest squared distance of a copy, as a share of that to the eighth-nearest neighbour, however unlikely it is. */
const maxShare = 0.5

/**
 * Finds copies among the images of one class: images that were re-encoded, reduced or cropped by a few pixels.
 *
 * Which distance is small depends on the class: photographs of flowers lie far apart, a set of screws on a conveyor
 * belt lies close together, and if images differ in one respect only, such as hue, each has very close neighbours. So a
 * distance is compared with the usual ones. If the eighth-nearest neighbour of an image is at distance s, and the
 * number of neighbours grows as the D-th power of the distance, the image has 8 (d / s)^D neighbours within distance d.
 * A copy is so close that only 0.03 would be expected. D is that of the class, estimated from the distances to the
 * fourth- and eighth-nearest neighbours of its images as in Levina and Bickel, "Maximum Likelihood Estimation of
 * Intrinsic Dimension", 2004.
 *
 * With features of Inception v3, copies of 30 photographs of flowers were found among 150 others of the class (among
 * 20): of JPEG quality 90 in 30 (30) cases, 60 in 25 (28), 40 in 26 (26); cropped by 4 pixels on every side in 29 (29),
 * by 8 in 29 (28); reduced to two thirds of the size in 23 (21), to half in 14 (11). The photographs are small, and at
 * half size look different to the model. Of the 750 photographs 6 were taken for copies, five of them second shots of
 * one scene. Of 150 synthetic images that differ in 1 to 20 respects, 0.4 to 1.7 were taken for copies.
 *
 * Images added in several parts were compared within their part before, and are not compared so again. Only later
 * images are found to be copies of earlier ones, each of one, so that an image that was counted keeps counting. As
 * whole parts may repeat each other, the largest part shows which distances are usual; equal features are copies
 * however few images there are.
 *
 * @param vectors the images' features, of equal length and centred, with a meaningful Euclidean distance
 * @param part [images] the part that an image was added in, ascending; without it all images are compared
 * @returns for every image the index of the first one that it is a copy of, or its own index
 */
export function copiesAmong(vectors: readonly Float32Array[], part?: readonly number[]): number[] {
  const parent = vectors.map((_, i) => i)
  const rootOf = (i: number): number => (parent[i] === i ? i : (parent[i] = rootOf(parent[i]!)))
  joinEqual(vectors, part, parent)
  const usual = part === undefined ? vectors : largestPart(vectors, part)
  if (usual.length < minImages) return parent
  const { scale, expected } = surroundings(vectors, usual)
  // Of equal images the first stands for all: thousands of them would make millions of pairs.
  const compared = [...parent.keys()].filter((i) => part !== undefined || parent[i] === i)
  for (const [first, second] of candidatePairs(compared.map((i) => vectors[i]!))) {
    const [i, j] = [compared[first]!, compared[second]!]
    if (part !== undefined && (part[i] === part[j] || parent[j] !== j)) continue
    const own = Math.min(scale[i]!, scale[j]!)
    const distance = squaredDistance(vectors[i]!, vectors[j]!)
    if (!(distance < maxShare * own && expected(distance / own) < maxExpected)) continue
    const [a, b] = [rootOf(i), rootOf(j)]
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  return parent.map((_, i) => rootOf(i))
}

/** Joins images to the first one with equal features, where there are parts only to one of an earlier part. */
function joinEqual(vectors: readonly Float32Array[], part: readonly number[] | undefined, parent: number[]): void {
  const first = new Map<string, number>()
  vectors.forEach((vector, i) => {
    const key = hashOf(bytesOf(vector))
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, i)
    else if (part === undefined || part[earlier] !== part[i]) parent[i] = earlier
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

/** Distances among the images of a class. */
interface Surroundings {
  /** [images] squared distance to the eighth-nearest neighbour among the references */
  readonly scale: Float64Array
  /** Expected number of neighbours within a squared distance, which is given in units of `scale`. */
  expected(distance: number): number
}

/** @param usual the vectors that show which distances are usual */
function surroundings(vectors: readonly Float32Array[], usual: readonly Float32Array[]): Surroundings {
  const count = vectors.length
  const references = createRandom('copies')
    .shuffle([...usual])
    .slice(0, maxReferences)
  const kth = Math.min(neighbourRank, references.length - 2)
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
  const exponent = Math.log(kth / half) / medianOf(growth.filter((value) => !Number.isNaN(value)))
  const density = kth * ((count - 1) / Math.max(1, references.length - 1))
  return { scale, expected: (distance) => density * power(distance, exponent) }
}
