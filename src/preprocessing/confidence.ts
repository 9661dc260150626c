import { concat } from '../math/concat.js'
import { allFinite } from '../math/finite.js'
import { argMax } from '../math/softmax.js'

/** Inverse temperature for standardised logits: enough for a class that stands out to get most of the probability. */
const sharpness = 1.5

/**
 * With fewer classes, the highest logit of an image cannot stand out by many standard deviations: of two, it is always
 * one.
 */
const manyClasses = 10

/** A classifier's answers to several images under one convention. */
export interface Answers {
  /** [images, classes], row-major, before any Softmax. */
  readonly logits: Float32Array
  readonly classes: number
}

/**
 * How well a convention suits a classifier, judged by its answers: one value per image, whose mean is the overall
 * measure. The values are jackknife pseudo-values, so that standard errors are valid although the measure depends on
 * all images jointly.
 *
 * Where the class of enough images is known, the measure is the mean log-probability of the right class. Otherwise it
 * is the mutual information between image and answer (the entropy of the mean answer less the mean entropy), which with
 * many classes is combined with how many standard deviations the highest logit stands out.
 *
 * Plain probabilities mislead here: pixel values 58 times too large make most networks' logits 58 times as large and
 * every answer certain; values too small give the same confident answer to everything. So logits are standardised
 * first, image by image, or, with few classes, all together.
 *
 * @param truth class of each image, -1 where it is not known; see `judgedBy`
 * @returns [images], or [images of known class] where these decide. An image with a logit that is not finite counts 0,
 * or as wrong, and leaves the others unaffected; all values are 0 where there is no other image, or all answers are the
 * same
 */
export function confidence(answers: Answers, truth: Int32Array): Float64Array {
  const { classes } = answers
  const images = answers.logits.length / classes
  const finite = soundPictures(answers)
  const width = Math.max(2, classes)
  const { probabilities, peaks } = sharpened(selected(answers, finite))
  const known = judgedBy(truth)
  if (known.length > 0) {
    const right = new Map(finite.map((i, at) => [i, probabilities[at * width + truth[i]!] ?? 0]))
    return right.size === 0
      ? new Float64Array(known.length)
      : Float64Array.from(known, (i) => Math.log(Math.max(right.get(i) ?? 0, minProbability)))
  }
  const values = pseudoValues(probabilities, width, classes >= manyClasses ? peaks : undefined)
  const all = new Float64Array(images)
  finite.forEach((i, at) => (all[i] = values[at]!))
  return all
}

/** Smallest probability of the right class, so that no single image decides. */
const minProbability = 1e-6

/** Indices of the images whose logits are all finite: some valid networks divide by zero for a black image. */
export function soundPictures({ logits, classes }: Answers): number[] {
  const images = logits.length / classes
  return [...Array(images).keys()].filter((i) => allFinite(logits.subarray(i * classes, (i + 1) * classes)))
}

function selected({ logits, classes }: Answers, pictures: readonly number[]): Answers {
  const parts = pictures.map((i) => logits.subarray(i * classes, (i + 1) * classes))
  return { logits: concat(Float32Array, parts), classes }
}

/** Fewer images of known class say less than all images together. */
const minKnown = 8

/**
 * Indices of the images of known class where these are at least eight and half of all, and so decide alone; else none.
 */
export function judgedBy(truth: Int32Array): number[] {
  const known = [...truth.keys()].filter((i) => truth[i]! >= 0)
  return known.length >= Math.max(minKnown, truth.length / 2) ? known : []
}

/**
 * Probabilities from standardised logits, and how many standard deviations the highest logit of each image stands out.
 */
function sharpened({ logits, classes }: Answers): { probabilities: Float64Array; peaks: Float64Array } {
  const images = logits.length / classes
  // A single yes-or-no score is paired with 0.
  const width = Math.max(2, classes)
  const rows = Array.from({ length: images }, (_, i) => {
    const row = Float64Array.from(classes === 1 ? [0, logits[i]!] : logits.subarray(i * classes, (i + 1) * classes))
    const mean = row.reduce((sum, value) => sum + value, 0) / width
    return row.map((value) => value - mean)
  })
  const deviation = (row: Float64Array) => Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0) / width)
  const overall = Math.sqrt(rows.reduce((sum, row) => sum + deviation(row) ** 2, 0) / images)
  const probabilities = new Float64Array(images * width)
  const peaks = new Float64Array(images)
  rows.forEach((row, i) => {
    const unit = classes >= manyClasses ? deviation(row) : overall
    const scaled = unit > 0 ? row.map((value) => value / unit) : row.fill(0)
    peaks[i] = scaled[argMax(scaled)]!
    const powers = scaled.map((value) => Math.exp(sharpness * (value - peaks[i]!)))
    const sum = powers.reduce((total, power) => total + power, 0)
    powers.forEach((power, c) => (probabilities[i * width + c] = power / sum))
  })
  return { probabilities, peaks }
}

function pseudoValues(probabilities: Float64Array, classes: number, peaks: Float64Array | undefined): Float64Array {
  const images = probabilities.length / classes
  const total = new Float64Array(classes)
  const entropies = new Float64Array(images)
  for (let i = 0; i < images; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes)
    entropies[i] = entropy(row, 1)
    row.forEach((p, c) => (total[c]! += p))
  }
  const entropySum = entropies.reduce((sum, value) => sum + value, 0)
  const topSum = peaks?.reduce((sum, value) => sum + value, 0) ?? 0
  const measure = (without: number | undefined): number => {
    const count = without === undefined ? images : images - 1
    const sums = without === undefined ? total : total.map((sum, c) => sum - probabilities[without * classes + c]!)
    const omitted = without === undefined ? 0 : entropies[without]!
    const information = Math.max(0, entropy(sums, count) - (entropySum - omitted) / count)
    if (peaks === undefined) return information
    // The factor 1 − exp(−information) rates the variety of the answers, 0..1.
    return ((topSum - (without === undefined ? 0 : peaks[without]!)) / count) * (1 - Math.exp(-information))
  }
  const overall = measure(undefined)
  if (images < 2) return new Float64Array(images)
  return Float64Array.from({ length: images }, (_, i) => images * overall - (images - 1) * measure(i))
}

/** Entropy in nats of `values` divided by `sum`. */
function entropy(values: Float64Array, sum: number): number {
  return values.reduce((total, value) => total - (value > 0 ? (value / sum) * Math.log(value / sum) : 0), 0)
}

/**
 * Most standard errors that so few images can support: beyond this, their number limits the certainty, not their
 * spread.
 */
const maxStandardErrors = 10

/** The mean of a − b over images in standard errors, at most 10 in magnitude; 0 where all differences are 0. */
export function standardErrorsBetween(a: Float64Array, b: Float64Array): number {
  const differences = a.map((value, i) => value - b[i]!)
  const mean = differences.reduce((sum, value) => sum + value, 0) / a.length
  if (mean === 0 || a.length < 2) return 0
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (a.length - 1)
  return mean / Math.max(Math.sqrt(variance / a.length), Math.abs(mean) / maxStandardErrors)
}
