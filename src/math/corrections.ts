import { dot } from './dot.js'
import type { Products } from './products.js'

/**
 * The memory of L-BFGS: the gradient g, the last steps s, and by how much the gradient changed over each, y, as rows of one matrix. With
 * the products among them at hand, a direction is one product of that matrix with the gradient and one with a few coefficients (Byrd,
 * Nocedal & Schnabel, Representations of quasi-Newton matrices, Mathematical Programming 63, 1994).
 */
export class Corrections {
  readonly #products: Products
  readonly #size: number
  /** Row-major: row 0 is the gradient, rows 2p + 1 and 2p + 2 are s and y of the pair at place p. */
  readonly #rows: Float32Array
  /** Places of the pairs, oldest first. */
  readonly #order: number[] = []
  readonly #free: number[]
  /** By places, j no older than i: [i][j] is sᵢᵀyⱼ. */
  readonly #sy: number[][]
  /** yᵢᵀyⱼ */
  readonly #yy: number[][]
  /** By rows: their products with the gradient. */
  #withGradient: Float32Array = new Float32Array()
  /** Place of the newest pair while its products with the others are not known. */
  #fresh: number | undefined

  constructor(most: number, size: number, products: Products) {
    this.#products = products
    this.#size = size
    this.#rows = new Float32Array((2 * most + 1) * size)
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
   * −H·gradient; without pairs, the negative gradient.
   *
   * @returns the direction and its product with the gradient
   */
  async descend(gradient: Float32Array): Promise<{ readonly direction: Float32Array; readonly slope: number }> {
    const used = rowOfStep(Math.max(-1, ...this.#order)) + 2
    const rows = this.#rows.subarray(0, used * this.#size)
    this.#row(0).set(gradient)
    const withGradient = await this.#products.multiplyTransposed(gradient, rows, [1, this.#size, used])
    this.#completeNewest(withGradient)
    const coefficients = this.#coefficients()
    const slope = coefficients.reduce((sum, coefficient, row) => sum + coefficient * withGradient[row]!, 0)
    return { direction: await this.#products.multiply(coefficients, rows, [1, used, this.#size]), slope }
  }

  /**
   * Takes in a step from where the last descent was asked for, in place of the oldest; one over which the gradient did not grow is
   * left out.
   *
   * @param after the gradient where the step led
   */
  add(step: number, direction: Float32Array, after: Float32Array): void {
    const place = this.#free.pop() ?? this.#order.shift()!
    const s = this.#row(rowOfStep(place))
    const y = this.#row(rowOfStep(place) + 1)
    s.set(direction)
    if (step !== 1) stretch(s, step)
    subtract(y, after, this.#row(0))
    const sy = dot(s, y)
    const yy = dot(y, y)
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
        const row = rowOfStep(i)
        this.#sy[i]![fresh] = withGradient[row]! - this.#withGradient[row]!
        this.#yy[i]![fresh] = this.#yy[fresh]![i] = withGradient[row + 1]! - this.#withGradient[row + 1]!
      }
    }
    this.#fresh = undefined
    this.#withGradient = withGradient
  }

  /**
   * How much of every row the direction has: the two-loop recursion (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.4
   * with the scaling of eq. 7.20) on products instead of vectors.
   */
  #coefficients(): Float32Array {
    const order = this.#order
    const sy = this.#sy
    const yy = this.#yy
    const withGradient = this.#withGradient
    const coefficients = new Float32Array(withGradient.length)
    const newest = order.at(-1)
    const scale = newest === undefined ? 1 : sy[newest]![newest]! / yy[newest]![newest]!
    coefficients[0] = -scale
    const alpha: number[] = []
    for (let n = order.length - 1; n >= 0; n--) {
      const i = order[n]!
      let product = -withGradient[rowOfStep(i)]!
      for (const j of order.slice(n + 1)) product -= alpha[j]! * sy[i]![j]!
      alpha[i] = product / sy[i]![i]!
    }
    order.forEach((i, n) => {
      let product = -withGradient[rowOfStep(i) + 1]!
      for (const j of order) product -= alpha[j]! * yy[i]![j]!
      product *= scale
      for (const j of order.slice(0, n)) product += coefficients[rowOfStep(j)]! * sy[j]![i]!
      coefficients[rowOfStep(i)] = alpha[i]! - product / sy[i]![i]!
      coefficients[rowOfStep(i) + 1] = -scale * alpha[i]!
    })
    return coefficients
  }

  #row(row: number): Float32Array {
    return this.#rows.subarray(row * this.#size, (row + 1) * this.#size)
  }
}

/** The row of a pair's s; its y is the next one. */
function rowOfStep(place: number): number {
  return 2 * place + 1
}

// Loops over vectors have functions of their own: the engine optimises these sooner than what waits for a product.

function stretch(vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor
}

function subtract(target: Float32Array, a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = a[i]! - b[i]!
}
