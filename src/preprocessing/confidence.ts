import { concat } from '../math/concat.js'
import { allFinite } from '../math/finite.js'
import { argMax } from '../math/softmax.js'

/** Sharpens standardised logits enough that a class that stands out takes most of the probability. */
const sharpness = 1.5

/** With fewer classes the highest logit of an image cannot stand out by much: of two, always by one deviation. */
const manyClasses = 10

/** A classifier's answers to several pictures under one convention. */
export interface Answers {
  /** [images, classes], row-major, before any Softmax. */
  readonly logits: Float32Array
  readonly classes: number
}

/**
 * How well a convention suits a classifier, by its answers, as a value for each picture whose mean is the whole: the
 * jackknife's pseudo-values, so that errors are honest though the measure looks at all pictures together.
 *
 * Where the class of enough pictures is known, it is the mean log-probability of the right class. Otherwise it is how
 * much an answer tells about which picture was shown: the mutual information between picture and answer, the entropy
 * of the mean answer less the mean entropy; with many classes also by how many deviations the highest logit stands out.
 *
 * Plain probabilities mislead here: pixels 58 times too large make most networks' logits 58 times as large and every
 * answer certain; too small, they leave one confident answer to everything. So logits are standardised first, image by
 * image, or, with few classes, all together.
 *
 * @param truth class of each picture, -1 where it is not known; see `judgedBy`
 * @returns [images], or as many as have a known class. A picture of which a logit is no finite number counts 0, or as
 * wrong, and the others are as without it; all are 0 where there is no other, or all answers are the same
 */
export function confidence(answers: Answers, truth: Int32Array): Float64Array {
  const { classes } = answers
  const images = answers.logits.length / classes
  const sound = soundPictures(answers)
  const width = Math.max(2, classes)
  const { probabilities, tops } = sharpened(picked(answers, sound))
  const known = judgedBy(truth)
  if (known.length > 0) {
    const right = new Map(sound.map((i, at) => [i, probabilities[at * width + truth[i]!] ?? 0]))
    return right.size === 0
      ? new Float64Array(known.length)
      : Float64Array.from(known, (i) => Math.log(Math.max(right.get(i) ?? 0, leastProbability)))
  }
  const values = pseudoValues(probabilities, width, classes >= manyClasses ? tops : undefined)
  const all = new Float64Array(images)
  sound.forEach((i, at) => (all[i] = values[at]!))
  return all
}

/** What a right class counts for at least, so that no single picture decides. */
const leastProbability = 1e-6

/** The pictures all of whose logits are finite: some sound networks divide by zero for a black one. */
export function soundPictures({ logits, classes }: Answers): number[] {
  const images = logits.length / classes
  return [...Array(images).keys()].filter((i) => allFinite(logits.subarray(i * classes, (i + 1) * classes)))
}

function picked({ logits, classes }: Answers, pictures: readonly number[]): Answers {
  const parts = pictures.map((i) => logits.subarray(i * classes, (i + 1) * classes))
  return { logits: concat(Float32Array, parts), classes }
}

/** Fewer pictures of known class tell less than all of them do. */
const fewestKnown = 8

/** The pictures of known class, where they are at least eight and the half: then the others do not count. Else none. */
export function judgedBy(truth: Int32Array): number[] {
  const known = [...truth.keys()].filter((i) => truth[i]! >= 0)
  return known.length >= Math.max(fewestKnown, truth.length / 2) ? known : []
}

/** Probabilities of standardised logits, and by how many deviations each picture's highest one stands out. */
function sharpened({ logits, classes }: Answers): { probabilities: Float64Array; tops: Float64Array } {
  const images = logits.length / classes
  // One score for yes or no stands beside a zero.
  const width = Math.max(2, classes)
  const rows = Array.from({ length: images }, (_, i) => {
    const row = Float64Array.from(classes === 1 ? [0, logits[i]!] : logits.subarray(i * classes, (i + 1) * classes))
    const mean = row.reduce((sum, value) => sum + value, 0) / width
    return row.map((value) => value - mean)
  })
  const deviation = (row: Float64Array) => Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0) / width)
  const whole = Math.sqrt(rows.reduce((sum, row) => sum + deviation(row) ** 2, 0) / images)
  const probabilities = new Float64Array(images * width)
  const tops = new Float64Array(images)
  rows.forEach((row, i) => {
    const unit = classes >= manyClasses ? deviation(row) : whole
    const scaled = unit > 0 ? row.map((value) => value / unit) : row.fill(0)
    tops[i] = scaled[argMax(scaled)]!
    const powers = scaled.map((value) => Math.exp(sharpness * (value - tops[i]!)))
    const sum = powers.reduce((total, power) => total + power, 0)
    powers.forEach((power, c) => (probabilities[i * width + c] = power / sum))
  })
  return { probabilities, tops }
}

function pseudoValues(probabilities: Float64Array, classes: number, tops: Float64Array | undefined): Float64Array {
  const images = probabilities.length / classes
  const total = new Float64Array(classes)
  const entropies = new Float64Array(images)
  for (let i = 0; i < images; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes)
    entropies[i] = entropy(row, 1)
    row.forEach((p, c) => (total[c]! += p))
  }
  const entropySum = entropies.reduce((sum, value) => sum + value, 0)
  const topSum = tops?.reduce((sum, value) => sum + value, 0) ?? 0
  const measure = (without: number | undefined): number => {
    const count = without === undefined ? images : images - 1
    const sums = without === undefined ? total : total.map((sum, c) => sum - probabilities[without * classes + c]!)
    const own = without === undefined ? 0 : entropies[without]!
    const information = Math.max(0, entropy(sums, count) - (entropySum - own) / count)
    if (tops === undefined) return information
    // The variety of the answers, 0..1.
    return ((topSum - (without === undefined ? 0 : tops[without]!)) / count) * (1 - Math.exp(-information))
  }
  const whole = measure(undefined)
  if (images < 2) return new Float64Array(images)
  return Float64Array.from({ length: images }, (_, i) => images * whole - (images - 1) * measure(i))
}

/** In nats, of `values` over `sum`. */
function entropy(values: Float64Array, sum: number): number {
  return values.reduce((total, value) => total - (value > 0 ? (value / sum) * Math.log(value / sum) : 0), 0)
}

/**
 * Most standard errors that so few pictures can speak for: beyond, their number limits what is known, not their spread.
 */
const mostStandardErrors = 10

/** The mean of a − b over images, in standard errors, at most 10 of them; 0 where all differences are 0. */
export function standardErrorsBetween(a: Float64Array, b: Float64Array): number {
  const differences = a.map((value, i) => value - b[i]!)
  const mean = differences.reduce((sum, value) => sum + value, 0) / a.length
  if (mean === 0 || a.length < 2) return 0
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (a.length - 1)
  return mean / Math.max(Math.sqrt(variance / a.length), Math.abs(mean) / mostStandardErrors)
}
