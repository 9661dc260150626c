import { describe, expect, test } from '@jest/globals'
import { Corrections } from '../../src/math/corrections.js'
import { createRandom } from '../../src/math/random.js'
import { plainProducts } from '../support/plain-products.js'

const size = 12
const random = createRandom('corrections')
const vector = () => Float32Array.from({ length: size }, () => random.normal())
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)

interface Pair {
  readonly s: Float32Array
  readonly y: Float32Array
}

/** A step whose gradient grows as that of Σ c_i/2 x_i² does, c from 1 to 2. */
function pair(): Pair {
  const s = vector()
  return { s, y: s.map((value, i) => value * (1 + i / size)) }
}

/** −H·g, by the two-loop recursion as the book has it, on vectors. */
function descentByVectors(pairs: readonly Pair[], gradient: Float32Array): Float64Array {
  let q = Float64Array.from(gradient, (value) => -value)
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

/** Corrections on their way: the gradient is where the last step led. */
class Way {
  readonly corrections: Corrections
  #gradient = vector()

  constructor(most: number) {
    this.corrections = new Corrections(most, size, plainProducts)
  }

  /** Takes a step as if the direction had been along it. */
  async add({ s, y }: Pair): Promise<void> {
    await this.descend()
    this.#gradient = this.#gradient.map((value, i) => value + y[i]!)
    const step = 0.5
    const direction = s.map((value) => value / step)
    this.corrections.add(step, direction, this.#gradient)
  }

  async descend() {
    const gradient = this.#gradient
    return { gradient, ...(await this.corrections.descend(gradient)) }
  }

  async expectDescent(pairs: readonly Pair[]): Promise<void> {
    const { gradient, direction, slope } = await this.descend()
    descentByVectors(pairs, gradient).forEach((value, i) => expect(direction[i]).toBeCloseTo(value, 5))
    expect(slope).toBeCloseTo(dot(direction, gradient), 5)
  }
}

describe('Corrections', () => {
  test('without pairs, the direction is the negative gradient', async () => {
    const { gradient, direction, slope } = await new Way(3).descend()
    direction.forEach((value, i) => expect(value).toBe(-gradient[i]!))
    expect(slope).toBeCloseTo(-dot(gradient, gradient), 5)
  })

  test('the direction is that of the recursion on vectors, of the newest pairs, in the order they came', async () => {
    const way = new Way(3)
    const pairs: Pair[] = []
    for (let i = 0; i < 8; i++) {
      pairs.push(pair())
      await way.add(pairs.at(-1)!)
      expect(way.corrections.count).toBe(Math.min(pairs.length, 3))
      await way.expectDescent(pairs.slice(-3))
    }
  })

  test('leaves a pair out over which the gradient does not grow, and forgets the oldest for it', async () => {
    const way = new Way(2)
    const pairs = [pair(), pair(), pair()]
    await way.add(pairs[0]!)
    await way.add(pairs[1]!)
    const { s, y } = pair()
    await way.add({ s, y: y.map((value) => -value) })
    expect(way.corrections.count).toBe(1)
    await way.expectDescent([pairs[1]!])
    await way.add(pairs[2]!)
    await way.expectDescent(pairs.slice(1))
  })

  test('starts again once it is cleared', async () => {
    const way = new Way(2)
    await way.add(pair())
    await way.add(pair())
    way.corrections.clear()
    expect(way.corrections.count).toBe(0)
    const next = pair()
    await way.add(next)
    await way.expectDescent([next])
  })
})
