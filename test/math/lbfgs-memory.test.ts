import { describe, expect, test } from '@jest/globals'
import { LbfgsMemory } from '../../src/math/lbfgs-memory.js'
import type { MatrixProducts } from '../../src/math/matrix-products.js'
import { createRandom } from '../../src/math/random.js'
import { dot } from '../../src/math/vectors.js'
import { plainProducts } from '../support/plain-products.js'

const size = 12
const random = createRandom('corrections')
const vector = () => Float32Array.from({ length: size }, () => random.normal())

interface Pair {
  readonly s: Float32Array
  readonly y: Float32Array
}

/** Change of the gradient of Σ c_i/2 x_i² over a step, with c from 1 to 2. */
const bowl = (s: Float32Array) => s.map((value, i) => value * (1 + i / size))
const hill = (s: Float32Array) => bowl(s).map((value) => -value)

/** −H·g by the textbook two-loop recursion, on vectors. */
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

/** An LbfgsMemory during a search: the gradient is the one where the last step led. */
class Search {
  readonly memory: LbfgsMemory
  #gradient = vector()
  #begun = false

  constructor(capacity: number) {
    this.memory = new LbfgsMemory(capacity, size, plainProducts)
  }

  /** Takes a step along the direction; returns the pair it makes when the gradient changes as `change` says. */
  async add(change: (s: Float32Array) => Float32Array, step = 0.5): Promise<Pair> {
    const { direction } = await this.descend()
    const s = direction.map((value) => step * value)
    const y = change(s)
    this.#gradient = this.#gradient.map((value, i) => value + y[i]!)
    expect(await this.memory.arrive(this.#gradient, step)).toBeCloseTo(Math.hypot(...this.#gradient), 5)
    return { s, y }
  }

  async descend() {
    if (!this.#begun) await this.memory.arrive(this.#gradient)
    this.#begun = true
    return { gradient: this.#gradient, ...(await this.memory.descend()) }
  }

  async expectDescent(pairs: readonly Pair[]): Promise<void> {
    const { gradient, direction, slope } = await this.descend()
    descentByVectors(pairs, gradient).forEach((value, i) => expect(direction[i]).toBeCloseTo(value, 5))
    expect(slope).toBeCloseTo(dot(direction, gradient), 5)
  }
}

describe('LbfgsMemory', () => {
  test('without pairs, the direction is the negative gradient', async () => {
    const { gradient, direction, slope } = await new Search(3).descend()
    direction.forEach((value, i) => expect(value).toBe(-gradient[i]!))
    expect(slope).toBeCloseTo(-dot(gradient, gradient), 5)
  })

  test('the direction is that of the recursion on vectors, of the newest pairs, in the order they came', async () => {
    const search = new Search(3)
    const pairs: Pair[] = []
    for (let i = 0; i < 8; i++) {
      pairs.push(await search.add(bowl, i % 2 === 0 ? 0.5 : 1))
      expect(search.memory.count).toBe(Math.min(pairs.length, 3))
      await search.expectDescent(pairs.slice(-3))
    }
  })

  test('leaves a step out over which the gradient does not grow, until it is forgotten like any other', async () => {
    const search = new Search(2)
    await search.add(bowl)
    const before = await search.add(bowl)
    await search.add(hill)
    expect(search.memory.count).toBe(1)
    await search.expectDescent([before])
    const after = [await search.add(bowl)]
    await search.expectDescent(after)
    after.push(await search.add(bowl))
    expect(search.memory.count).toBe(2)
    await search.expectDescent(after)
  })

  test('once it is cleared, a direction that is no number is forgotten, too', async () => {
    let poisoned = false
    const products: MatrixProducts = {
      ...plainProducts,
      multiply: async (...product) => {
        const result = await plainProducts.multiply(...product)
        return poisoned ? result.fill(NaN) : result
      },
    }
    const memory = new LbfgsMemory(2, size, products)
    const first = vector()
    await memory.arrive(first)
    const { direction } = await memory.descend()
    const second = first.map((value, i) => value + bowl(direction)[i]!)
    await memory.arrive(second)
    poisoned = true
    expect((await memory.descend()).direction[0]).toBeNaN()
    poisoned = false
    memory.clear()
    const steepest = await memory.descend()
    expect(steepest.slope).toBeCloseTo(-dot(second, second), 4)
    const third = second.map((value, i) => value + bowl(steepest.direction)[i]!)
    await memory.arrive(third)
    const after = await memory.descend()
    expect(memory.count).toBe(1)
    const expected = descentByVectors([{ s: steepest.direction, y: bowl(steepest.direction) }], third)
    expected.forEach((value, i) => expect(after.direction[i]).toBeCloseTo(value, 4))
  })

  test('starts again once it is cleared', async () => {
    const search = new Search(2)
    await search.add(bowl)
    await search.add(bowl)
    search.memory.clear()
    expect(search.memory.count).toBe(0)
    const { gradient, direction } = await search.descend()
    direction.forEach((value, i) => expect(value).toBe(-gradient[i]!))
    await search.expectDescent([await search.add(bowl)])
  })
})
