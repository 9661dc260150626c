import { throwIfAborted } from '../core/errors.js'
import type { FeatureRows } from '../features/feature-rows.js'
import { sampleByLabel } from '../features/sample-by-label.js'
import { openMatrixProducts } from '../head/ort-matrix-products.js'
import { createRandom, type Random } from '../math/random.js'
import { leaveOneOut } from './leave-one-out.js'
import { arrangements, fewest, strataOf, withinAuroc, type Strata, type StratumItem } from './strata.js'
import { vectorsOf } from './vectors.js'

/** A set of images, one row each. */
export interface Sample {
  readonly features: FeatureRows
  /** [count] the class of each image, in a numbering common to both samples; −1 if unknown. */
  readonly label: ArrayLike<number>
}

/** How two sets of images differ. */
export interface TwoSampleTest {
  /** How many images of either set were compared: those of classes that both have. */
  readonly images: readonly [number, number]
  /** Probability that an image of the second set is told from one of its class in the first; 0.5 by chance. */
  readonly auroc: number
  /** Probability of so large an AUROC if both sets were drawn from the same images, by permutation. */
  readonly pValue: number
  /** Whether the sets differ beyond chance. */
  readonly differs: boolean
  /** Whether so few images can show a difference beyond chance at all: without it, `differs` is never true. */
  readonly couldTell: boolean
  /** The same by class, the one that differs most surely first. */
  readonly perClass: readonly { readonly label: number; readonly images: number; readonly auroc: number }[]
  /** Images of the second set, by row, the least like the first set first; `score` in 0..1. */
  readonly telling: readonly { readonly row: number; readonly score: number }[]
}

export interface TwoSampleSettings {
  readonly seed?: number
  /** Number of permutations, which bounds the p-value from below. @default 999 */
  readonly permutations?: number
  readonly signal?: AbortSignal | undefined
}

/** Largest number of images of either set. */
const maxImages = 1500
/** Most classes that are compared: two images of each from either set. */
const maxClasses = maxImages / fewest
/** Ridge, relative to the mean square of a standardised feature. */
const ridge = 0.5
/** A p-value below this says that the sets differ. */
const level = 0.01
/** Permutations that are computed at once. */
const block = 200

/**
 * Tests whether two sets of images are alike by a classifier that tries to tell them apart (Lopez-Paz and Oquab,
 * "Revisiting Classifier Two-Sample Tests", 2017): a ridge regression on their features, whose leave-one-out scores
 * have a closed form. Images are compared within their class alone, so that other shares of the classes give nothing
 * away, and of very many a sample by class is taken; the p-value comes from permutations within classes, all of which
 * are one matrix product.
 *
 * @returns `undefined` where no class has two images of either set
 */
export async function twoSampleTest(
  first: Sample,
  second: Sample,
  { seed = 0, permutations = 999, signal }: TwoSampleSettings = {},
): Promise<TwoSampleTest | undefined> {
  const random = createRandom(`two-sample:${seed}`)
  const strata = strataOf(sampled(first, second, seed))
  if (strata.items.length === 0) return undefined
  const places = (side: number) => strata.items.filter((item) => item.side === side).map(({ row }) => row)
  const [a, b] = [vectorsOf(first.features, places(0)), vectorsOf(second.features, places(1))]
  const count = a.count + b.count
  const values = new Float32Array(count * a.dim)
  values.set(a.values)
  values.set(b.values, a.values.length)
  throwIfAborted(signal)

  await using products = await openMatrixProducts()
  const predictor = await leaveOneOut({ count, dim: a.dim, values }, ridge, products)
  const side = Int8Array.from(strata.items, (item) => item.side)
  const scores = await predictor(targetsOf(strata, [side]))
  const auroc = withinAuroc(strata, side, scores)
  let atLeast = 1
  for (let done = 0; done < permutations; done += block) {
    throwIfAborted(signal)
    const sides = Array.from({ length: Math.min(block, permutations - done) }, () => permuted(strata, side, random))
    const all = await predictor(targetsOf(strata, sides))
    sides.forEach((one, p) => {
      if (withinAuroc(strata, one, all.subarray(p * count, (p + 1) * count)) >= auroc) atLeast++
    })
  }
  const pValue = atLeast / (permutations + 1)
  const couldTell = leastReachable(strata, permutations) < level
  const share = (i: number) => strata.share[strata.stratum[i]!]!
  return {
    images: [a.count, b.count],
    auroc,
    pValue,
    // With few arrangements, the p-value may lie below the level by the luck of the permutations.
    differs: couldTell && pValue < level,
    couldTell,
    perClass: perClassOf(strata, side, scores),
    telling: strata.items
      .flatMap(({ row }, i) => (side[i] === 1 ? [{ row, score: clamp(scores[i]! + share(i)) }] : []))
      .sort((x, y) => y.score - x.score || x.row - y.row),
  }
}

/** The images of classes that both sets have, of each set at most `maxImages`, by class. */
function sampled(first: Sample, second: Sample, seed: number): StratumItem[] {
  const samples = [first, second]
  const { items, labels } = strataOf(
    samples.flatMap(({ label, features }, side) =>
      Array.from({ length: features.count }, (_, row) => ({ side, row, label: label[row]! })),
    ),
  )
  const kept = new Set(
    labels.length <= maxClasses
      ? labels
      : createRandom(`two-sample-classes:${seed}`)
          .shuffle([...labels])
          .slice(0, maxClasses),
  )
  return samples.flatMap(({ label }, side) => {
    const rows = items.filter((item) => item.side === side && kept.has(item.label)).map(({ row }) => row)
    const taken = rows.length <= maxImages ? rows : sampleByLabel(label, rows, maxImages, `${seed}:${side}`, fewest)
    return taken.map((row) => ({ side, row, label: label[row]! }))
  })
}

/**
 * The least p-value to expect of sets that could not differ more: each permutation is the arrangement that was found
 * with a probability of 1 in their number. Where every class has as many images in both sets, its mirror image is told
 * as well.
 */
function leastReachable(strata: Strata, permutations: number): number {
  const found = strata.share.every((share) => share === 0.5) ? 2 : 1
  return (1 + (permutations * found) / arrangements(strata)) / (permutations + 1)
}

/**
 * The classes by how surely their images are told apart: by AUROC − ½ over its standard error without a difference,
 * √((n + m + 1) / 12nm) (Mann and Whitney, 1947). By the AUROC itself, the class of fewest images would come first.
 */
function perClassOf(strata: Strata, side: Int8Array, scores: Float32Array): TwoSampleTest['perClass'] {
  return strata.labels
    .map((label, stratum) => {
      const members = strata.members[stratum]!
      const images = members.filter((i) => side[i] === 1).length
      const auroc = withinAuroc({ members: [members] }, side, scores)
      const others = members.length - images
      const sureness = (auroc - 0.5) * Math.sqrt((12 * images * others) / (members.length + 1))
      return { label, images, auroc, sureness }
    })
    .sort((x, y) => y.sureness - x.sureness)
    .map(({ sureness: _, ...one }) => one)
}

/** 1 for the second set and 0 for the first, less the share of the second in the class: row-major [sides × count]. */
function targetsOf(strata: Strata, sides: readonly Int8Array[]): Float32Array {
  const count = strata.items.length
  const targets = new Float32Array(sides.length * count)
  sides.forEach((side, p) =>
    side.forEach((one, i) => (targets[p * count + i] = one - strata.share[strata.stratum[i]!]!)),
  )
  return targets
}

function permuted({ members }: Strata, side: Int8Array, random: Random): Int8Array {
  const result = side.slice()
  for (const own of members) {
    const shuffled = random.shuffle(own.map((i) => side[i]!))
    own.forEach((i, place) => (result[i] = shuffled[place]!))
  }
  return result
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}
