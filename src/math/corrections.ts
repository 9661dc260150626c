import type { Products } from './products.js'

/**
 * The memory of L-BFGS: the last steps s and by how much the gradient changed over each, y, as rows of one matrix. With the products
 * among them at hand, a direction is one product of that matrix with the gradient and one with a few coefficients (Byrd, Nocedal &
 * Schnabel, Representations of quasi-Newton matrices, Mathematical Programming 63, 1994).
 */
export class Corrections {
  readonly #products: Products
  readonly #size: number
  /** Row-major: rows 2p and 2p + 1 are s and y of the pair at place p. */
  readonly #rows: Float32Array
  /** Places of the pairs, oldest first. */
  readonly #order: number[] = []
  readonly #free: number[]
  /** By places, j no older than i: [i][j] is sᵢᵀyⱼ. */
  readonly #sy: number[][]
  /** yᵢᵀyⱼ */
  readonly #yy: number[][]
  /** By rows: their products with the gradient that the last direction was for. */
  #withGradient: Float32Array = new Float32Array()
  /** Place of the newest pair while its products with the others are not known. */
  #fresh: number | undefined

  constructor(most: number, size: number, products: Products) {
    this.#products = products
    this.#size = size
    this.#rows = new Float32Array(2 * most * size)
    this.#free = Array.from({ length: most }, (_, place) => most - 1 - place)
    this.#sy = Array.from({ length: most }, () => [])
    this.#yy = Array.from({ length: most }, () => [])
  }

  get count(): number {
    return this.#order.length
  }

  clear(): void {
    this.#free.push(...this.#order.splice(0))
    this.#fresh = undefined
  }

  /**
   * Writes −H·gradient, by the two-loop recursion (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.4 with the scaling of
   * eq. 7.20) on products instead of vectors; without pairs, the negative gradient.
   *
   * @param squares the gradient's product with itself
   * @returns the direction's product with the gradient
   */
  async descend(direction: Float64Array, gradient: Float64Array, squares: number): Promise<number> {
    const order = this.#order
    const newest = order.at(-1)
    if (newest === undefined) {
      steepest(direction, gradient)
      return -squares
    }
    const sy = this.#sy
    const yy = this.#yy
    const scale = sy[newest]![newest]! / yy[newest]![newest]!
    const withGradient = await this.#meet(new Float32Array(gradient))
    this.#completeNewest(withGradient)

    const alpha: number[] = []
    for (let n = order.length - 1; n >= 0; n--) {
      const i = order[n]!
      let product = -withGradient[2 * i]!
      for (const j of order.slice(n + 1)) product -= alpha[j]! * sy[i]![j]!
      alpha[i] = product / sy[i]![i]!
    }
    const coefficients = new Float32Array(withGradient.length)
    let slope = -scale * squares
    order.forEach((i, n) => {
      let product = -withGradient[2 * i + 1]!
      for (const j of order) product -= alpha[j]! * yy[i]![j]!
      product *= scale
      for (const j of order.slice(0, n)) product += coefficients[2 * j]! * sy[j]![i]!
      coefficients[2 * i] = alpha[i]! - product / sy[i]![i]!
      coefficients[2 * i + 1] = -scale * alpha[i]!
      slope += coefficients[2 * i]! * withGradient[2 * i]! + coefficients[2 * i + 1]! * withGradient[2 * i + 1]!
    })

    const used = coefficients.length
    const sum = await this.#products.multiply(coefficients, this.#usedRows(used), [1, used, this.#size])
    subtractScaled(direction, sum, scale, gradient)
    return slope
  }

  /**
   * Takes in a step along the last direction, in place of the oldest; one over which the gradient did not grow is left out.
   *
   * @param before the gradient that the direction was for
   */
  add(step: number, direction: Float64Array, before: Float64Array, after: Float64Array): void {
    const place = this.#free.pop() ?? this.#order.shift()!
    const s = this.#rows.subarray(2 * place * this.#size, (2 * place + 1) * this.#size)
    const y = this.#rows.subarray((2 * place + 1) * this.#size, (2 * place + 2) * this.#size)
    const { sy, yy } = setPair(s, y, step, direction, before, after)
    if (!(sy > 1e-12 * yy)) {
      this.#free.push(place)
      return
    }
    this.#sy[place]![place] = sy
    this.#yy[place]![place] = yy
    this.#order.push(place)
    this.#fresh = place
  }

  /** As y is what the gradient grew by over the step, products with y are what products with the gradient grew by. */
  #completeNewest(withGradient: Float32Array): void {
    const fresh = this.#fresh
    if (fresh !== undefined) {
      for (const i of this.#order) {
        if (i === fresh) continue
        this.#sy[i]![fresh] = withGradient[2 * i]! - this.#withGradient[2 * i]!
        this.#yy[i]![fresh] = this.#yy[fresh]![i] = withGradient[2 * i + 1]! - this.#withGradient[2 * i + 1]!
      }
    }
    this.#fresh = undefined
    this.#withGradient = withGradient
  }

  /** The products of a vector with all rows up to the last that is in use. */
  #meet(vector: Float32Array): Promise<Float32Array> {
    const used = 2 * (Math.max(...this.#order) + 1)
    return this.#products.multiplyTransposed(vector, this.#usedRows(used), [1, this.#size, used])
  }

  #usedRows(used: number): Float32Array {
    return this.#rows.subarray(0, used * this.#size)
  }
}

// Loops over vectors have functions of their own: the engine optimises these sooner than what waits for a product.

function steepest(direction: Float64Array, gradient: Float64Array): void {
  for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i]!
}

function subtractScaled(direction: Float64Array, sum: Float32Array, scale: number, gradient: Float64Array): void {
  for (let i = 0; i < direction.length; i++) direction[i] = sum[i]! - scale * gradient[i]!
}

/** @returns sᵀy and yᵀy */
function setPair(
  s: Float32Array,
  y: Float32Array,
  step: number,
  direction: Float64Array,
  before: Float64Array,
  after: Float64Array,
): { readonly sy: number; readonly yy: number } {
  let sy = 0
  let yy = 0
  for (let i = 0; i < s.length; i++) {
    const moved = step * direction[i]!
    const grown = after[i]! - before[i]!
    s[i] = moved
    y[i] = grown
    sy += moved * grown
    yy += grown * grown
  }
  return { sy, yy }
}
