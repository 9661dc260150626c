import { allFinite } from '../math/finite.js'
import { argMax } from '../math/softmax.js'

/** Sharpens standardised logits enough that a class that stands out takes most of the probability. */
const sharpness = 1.5

/**
 * How sure a classifier is of each of several different images, 0 or more: by how many standard deviations of an
 * image's own logits the highest stands out, times a factor in 0..1 that falls to 0 when every image gets the same
 * answer.
 *
 * Plain probabilities mislead here: pixels 58 times too large make most networks' logits 58 times as large and every
 * answer certain; too small, they leave one confident answer to everything.
 *
 * @param logits [images, classes], row-major
 * @returns [images]; 0 for an image of which a logit is no finite number, and the others are as without it
 */
export function surety(logits: Float32Array, classes: number): Float64Array {
  const images = logits.length / classes
  const tops = new Float64Array(images)
  const sound = Array.from({ length: images }, (_, i) => i).filter((i) =>
    allFinite(logits.subarray(i * classes, (i + 1) * classes)),
  )
  const mean = new Float64Array(classes)
  let meanEntropy = 0
  for (const i of sound) {
    const row = standardised(logits.subarray(i * classes, (i + 1) * classes))
    tops[i] = row[argMax(row)]!
    const probabilities = sharpened(row, tops[i]!)
    meanEntropy += entropy(probabilities) / sound.length
    for (let c = 0; c < classes; c++) mean[c]! += probabilities[c]! / sound.length
  }
  // What the answer tells about which image was asked about: the mutual information, in nats.
  const information = Math.max(0, entropy(mean) - meanEntropy)
  const variety = 1 - Math.exp(-information)
  return tops.map((top) => top * variety)
}

function standardised(row: Float32Array): Float64Array {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length
  const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length)
  return Float64Array.from(row, (value) => (deviation > 0 ? (value - mean) / deviation : 0))
}

function sharpened(row: Float64Array, top: number): Float64Array {
  const powers = row.map((value) => Math.exp(sharpness * (value - top)))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

function entropy(probabilities: Float64Array): number {
  return probabilities.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0)
}

/** The mean of a − b over images, in standard errors; 0 where all differences are 0. */
export function standardErrorsBetween(a: Float64Array, b: Float64Array): number {
  const differences = a.map((value, i) => value - b[i]!)
  const mean = differences.reduce((sum, value) => sum + value, 0) / a.length
  if (mean === 0 || a.length < 2) return 0
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (a.length - 1)
  // Differences that are all the same, but for rounding, are as certain as can be.
  return mean / Math.max(Math.sqrt(variance / a.length), Math.abs(mean) * 1e-3)
}
