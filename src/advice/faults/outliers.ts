import { throwIfAborted } from '../../core/errors.js'
import type { FeatureTable } from '../../features/table.js'
import { cholesky, solveLower } from '../../math/cholesky.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { medianOf } from '../../math/median.js'
import { createRandom } from '../../math/random.js'
import { byColumn } from '../grouping.js'
import type { RankedOutlier } from '../findings.js'
import type { LabelledFile } from '../data-set/picture-table.js'
import { scalingOf, unitVectors, type Scaling } from './unit-vectors.js'

/** Noise that the features are taken to have, relative to the square of their length. */
const noise = 1
/**
 * The fourth power of features, with their sign, lets an image's few strongest ones count most, for what it has in
 * common with others. Chosen, like `noise`, on materials, cards and flowers among other sets (docs/lab-notes.md).
 */
const emphasised = (value: number) => Math.sign(value) * (value ** 2) ** 2
/** Kᵢᵢ: what there is to explain. */
const ownVariance = 2
/** Largest number of pictures that are compared with each other. */
const maxPictures = 1000
/** Fewer pictures do not show what is usual. */
export const minPictures = 5
/** An outlier lies so many standard deviations above the class's median. */
const minDeviations = 2

/** What the ranking needs besides images and features. */
export interface OutlierOptions {
  /** Lengths of the parts of the features, each the output of one block of the network. */
  readonly parts: readonly number[]
  readonly products: MatrixProducts
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Ranks images by how unlike their class they are: by the share of what an image's features show that the other images
 * of its class do not explain. That is the variance which a Gaussian process on the class's other images leaves at the
 * image, 1 / [(K + λ)⁻¹]ᵢᵢ − λ (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, section
 * 5.4.2). K is 1 + the cosine of standardised powers of features: by the cosine alone, the opposite of an image would
 * explain it. The mean over the parts of the features counts: an image may be unlike its class in one alone. Distances
 * to neighbours or to the class's mean, and the heads' logits, did not rank planted strangers better (docs/advise.md).
 *
 * @param table the plain view of every image
 * @param firsts [images] the first copy of each in its class
 * @param columnNames names of the columns
 */
export async function rankOutliers(
  images: readonly LabelledFile[],
  table: FeatureTable,
  firsts: readonly number[],
  columnNames: readonly string[],
  { parts, products, seed, signal }: OutlierOptions,
): Promise<RankedOutlier[]> {
  const members = byColumn(new Set(firsts), columnNames.length, (image) => images[image]!.column).map((own) =>
    own.length < minPictures ? [] : own,
  )
  const groups = members.flatMap((own, column) => {
    const shuffled = createRandom(`outliers:${seed}:${column}`).shuffle([...own])
    const count = Math.ceil(shuffled.length / maxPictures)
    return byColumn(shuffled.keys(), count, (place) => place % count).map((part) => part.map((i) => shuffled[i]!))
  })
  const score = new Float64Array(images.length)
  let first = 0
  for (const length of parts) {
    const columns = Array.from({ length }, (_, i) => first + i)
    const scaling = scalingOf(table, columns, emphasised)
    for (const group of groups) {
      throwIfAborted(signal)
      const unexplained = await unexplainedShares(table, group, scaling, products)
      group.forEach((image, i) => (score[image]! += unexplained[i]! / parts.length))
    }
    first += length
  }
  const limits = members.map((own) => usualLimit(own.map((image) => score[image]!)))
  return images
    .map(({ file, column }, i): RankedOutlier => {
      const own = score[firsts[i]!]!
      return { file, label: columnNames[column]!, score: own, likely: own > limits[column]! }
    })
    .sort((a, b) => b.score - a.score)
}

/** The share of every image that the others leave unexplained, 0..1. */
async function unexplainedShares(
  table: FeatureTable,
  images: readonly number[],
  scaling: Scaling,
  products: MatrixProducts,
): Promise<number[]> {
  const n = images.length
  const vectors = unitVectors(table, images, scaling)
  const kernel = await products.multiplyTransposed(vectors, vectors, [n, scaling.columns.length, n])
  for (let place = 0; place < kernel.length; place++) kernel[place]! += 1
  for (let i = 0; i < n; i++) kernel[i * (n + 1)]! += noise
  const factor = await cholesky(kernel, n, products)
  const identity = new Float32Array(n * n)
  for (let i = 0; i < n; i++) identity[i * (n + 1)] = 1
  // K⁻¹ = L⁻ᵀ·L⁻¹, whose diagonal has the squared lengths of the columns of L⁻¹.
  const inverse = await solveLower(factor, n, identity, products)
  const diagonal = new Float64Array(n)
  inverse.forEach((value, place) => (diagonal[place % n]! += value * value))
  return Array.from(diagonal, (value) => (1 / value - noise) / ownVariance)
}

/** The median and some standard deviations, these from the median absolute deviation; infinite without any scores. */
function usualLimit(scores: readonly number[]): number {
  if (scores.length === 0) return Infinity
  const median = medianOf(scores)
  const deviation = 1.4826 * medianOf(scores.map((score) => Math.abs(score - median)))
  return median + minDeviations * deviation
}
