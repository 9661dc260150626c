import { describe, expect, test } from '@jest/globals'
import { Corrections } from '../../src/math/corrections.js'
import { createRandom } from '../../src/math/random.js'
import { plainProducts } from '../support/plain-products.js'

const size = 12
const random = createRandom('corrections')
const vector = () => Float64Array.from({ length: size }, () => random.normal())
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

interface Pair {
  readonly s: Float64Array
  readonly y: Float64Array
}

/** A step whose gradient grows as that of Σ c_i/2 x_i² does, c from 1 to 2. */
function pair(): Pair {
  const s = vector()
  return { s, y: s.map((value, i) => value * (1 + i / size)) }
}

/** −H·g, by the two-loop recursion as the book has it, on vectors. */
function descentByVectors(pairs: readonly Pair[], gradient: Float64Array): Float64Array {
  let q = gradient.map((value) => -value)
  const alpha: number[] = []
  for (const [i, { s, y }] of [...pairs.entries()].reverse()) {
    alpha[i] = dot(s, q) / dot(s, y)
    q = q.map((value, d) => value - alpha[i]! * y[d]!)
  }
  const { s, y } = pairs.at(-1)!
  let r = q.map((value) => (value * dot(s, y)) / dot(y, y))
  pairs.forEach(({ s, y }, i) => {
    const beta = dot(y, r) / dot(s, y)
    r = r.map((value, d) => value + (alpha[i]! - beta) * s[d]!)
  })
  return r
}

async function add(corrections: Corrections, { s, y }: Pair): Promise<void> {
  const before = vector()
  const after = before.map((value, i) => value + y[i]!)
  const step = 0.5
  const direction = s.map((value) => value / step)
  await corrections.add(step, direction, before, after)
}

async function expectDescent(corrections: Corrections, pairs: readonly Pair[]): Promise<void> {
  const gradient = vector()
  const direction = new Float64Array(size)
  const slope = await corrections.descend(direction, gradient, dot(gradient, gradient))
  descentByVectors(pairs, gradient).forEach((value, i) => expect(direction[i]).toBeCloseTo(value, 5))
  expect(slope).toBeCloseTo(dot(direction, gradient), 5)
}

describe('Corrections', () => {
  test('without pairs, the direction is the negative gradient', async () => {
    const gradient = vector()
    const direction = new Float64Array(size)
    const slope = await new Corrections(3, size, plainProducts).descend(direction, gradient, dot(gradient, gradient))
    direction.forEach((value, i) => expect(value).toBe(-gradient[i]!))
    expect(slope).toBeCloseTo(-dot(gradient, gradient), 12)
  })

  test('the direction is that of the recursion on vectors, of the newest pairs, in the order they came', async () => {
    const corrections = new Corrections(3, size, plainProducts)
    const pairs: Pair[] = []
    for (let i = 0; i < 8; i++) {
      pairs.push(pair())
      await add(corrections, pairs.at(-1)!)
      expect(corrections.count).toBe(Math.min(pairs.length, 3))
      await expectDescent(corrections, pairs.slice(-3))
    }
  })

  test('leaves a pair out over which the gradient does not grow, and forgets the oldest for it', async () => {
    const corrections = new Corrections(2, size, plainProducts)
    const pairs = [pair(), pair(), pair()]
    await add(corrections, pairs[0]!)
    await add(corrections, pairs[1]!)
    const { s, y } = pair()
    await add(corrections, { s, y: y.map((value) => -value) })
    expect(corrections.count).toBe(1)
    await expectDescent(corrections, [pairs[1]!])
    await add(corrections, pairs[2]!)
    await expectDescent(corrections, pairs.slice(1))
  })

  test('starts again once it is cleared', async () => {
    const corrections = new Corrections(2, size, plainProducts)
    await add(corrections, pair())
    await add(corrections, pair())
    corrections.clear()
    expect(corrections.count).toBe(0)
    const next = pair()
    await add(corrections, next)
    await expectDescent(corrections, [next])
  })
})
