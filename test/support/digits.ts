import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createRandom } from '../../src/math/random.js'

/** Handwritten digits of 28×28 pixels. */
export interface Digits {
  /** Row-major [count, 1, 28, 28], standardised over all of them. */
  readonly pixels: Float32Array
  readonly labels: readonly number[]
}

export const digitSide = 28

/** Of the pixels of MNIST, from 0 to 1. */
const [mean, deviation] = [0.1307, 0.3081]

/** The 10,000 digits of the package `mnist`, in an order of their own; every fifth one is for testing. */
export function readDigits(): { readonly train: Digits; readonly test: Digits } {
  const require = createRequire(import.meta.url)
  const size = digitSide * digitSide
  const all = Array.from({ length: 10 }, (_, label) => {
    const file = require.resolve(`mnist/src/digits/${label}.json`)
    const { data } = JSON.parse(readFileSync(file, 'utf8')) as { data: number[] }
    return Array.from({ length: data.length / size }, (_, i) => ({
      label,
      pixels: data.slice(i * size, (i + 1) * size),
    }))
  }).flat()
  createRandom(1).shuffle(all)
  const taken = (isTest: boolean): Digits => {
    const some = all.filter((_, i) => (i % 5 === 0) === isTest)
    return {
      pixels: Float32Array.from(
        some.flatMap(({ pixels }) => pixels),
        (value) => (value - mean) / deviation,
      ),
      labels: some.map(({ label }) => label),
    }
  }
  return { train: taken(false), test: taken(true) }
}
