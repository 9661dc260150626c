import type { FeatureTable } from '../features/table.js'
import { openMatrixProducts } from '../head/ort-matrix-products.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { knownShifts, type KnownShift } from './known-shifts.js'
import { plainRows } from './plain-rows.js'
import { vectorsOf, type Vectors } from './vectors.js'

/** How far images are from those that a base model learned from. */
export interface DomainShift {
  /** The kernel distance: about 0 for images of the same kind; an unbiased estimate, so it may be a little below. */
  readonly distance: number
  /** How unsure the base model is of these images: the mean of −log of its largest probability, in nats, 0 or above. */
  readonly unsureness: number
  /** The same of known sets, by ascending distance; empty for a base model that they were not measured on. */
  readonly scale: readonly KnownShift[]
}

export interface ShiftSettings {
  /** Length of the bottleneck, the last part of the features. */
  readonly bottleneck: number
  /** SHA-256 of the base model's file, which the known distances depend on. */
  readonly model: string
  readonly seed?: number
}

/** Largest number of images of either side. */
const maxImages = 1000

/**
 * The kernel distance (KID) between the bottlenecks of two sets of images: the unbiased estimate of the squared maximum
 * mean discrepancy with the kernel (x·y/d + 1)³ (Bińkowski et al., "Demystifying MMD GANs", 2018). Unlike the Fréchet
 * distance (Heusel et al., 2017) it has no bias for few images, and needs no covariance of more features than images.
 *
 * It compares the sets as wholes, so a set of few classes is farther from ImageNet's thousand than a set of many, even
 * where both are photographs. The base model's largest probability (Hendrycks and Gimpel, "A Baseline for Detecting
 * Misclassified and Out-of-Distribution Examples", 2017) judges image by image and has no such bias.
 *
 * @param images two images or more, of one view or several
 * @param old two old images or more
 */
export async function domainShift(
  images: FeatureTable,
  old: FeatureTable,
  { bottleneck, model, seed = 0 }: ShiftSettings,
): Promise<DomainShift> {
  const sampled = (table: FeatureTable) => {
    const { features } = plainRows(table, maxImages, seed)
    return vectorsOf(features, [...Array(features.count).keys()], bottleneck)
  }
  await using products = await openMatrixProducts()
  const distance = await kernelDistance(sampled(images), sampled(old), products)
  return { distance, unsureness: unsurenessOf(plainRows(images, Infinity, seed)), scale: knownShifts(model) }
}

/** How unsure the base model is of images, as in `DomainShift`; one row an image. */
export function unsurenessOf({ count, oldLogSumExp, oldBest }: FeatureTable): number {
  return oldLogSumExp.reduce((sum, all, row) => sum + all - oldBest[row]!, 0) / count
}

/** The unbiased squared maximum mean discrepancy of two sets of at least two vectors. */
export async function kernelDistance(a: Vectors, b: Vectors, products: MatrixProducts): Promise<number> {
  const within = async (one: Vectors) => {
    const { sum, diagonal } = await kernelSums(one, one, products)
    return (sum - diagonal) / (one.count * (one.count - 1))
  }
  const { sum } = await kernelSums(a, b, products)
  return (await within(a)) + (await within(b)) - (2 * sum) / (a.count * b.count)
}

async function kernelSums(a: Vectors, b: Vectors, { multiplyTransposed }: MatrixProducts) {
  const inner = await multiplyTransposed(a.values, b.values, [a.count, a.dim, b.count])
  let sum = 0
  let diagonal = 0
  inner.forEach((product, i) => {
    const similarity = product / a.dim + 1
    const value = similarity * similarity * similarity
    sum += value
    if (i % (b.count + 1) === 0) diagonal += value
  })
  return { sum, diagonal }
}
