import type { MatrixProducts } from './matrix-products.js'

/**
 * The memory of L-BFGS: the last gradients g, and the direction d taken from each, as rows of one matrix. A step s is a
 * multiple of such a row, and by how much the gradient changed over it, y, a difference of two; so once a gradient is
 * multiplied with all rows, the next direction is a product of the matrix with a few coefficients (after Byrd, Nocedal
 * & Schnabel, Representations of quasi-Newton matrices, Mathematical Programming 63, 1994).
 *
 * MatrixProducts are float32, so of a step that hardly changes the gradient, ‖y‖ below a thousandth of ‖g‖, little is
 * learned: more steps are taken, none upwards.
 */
export class LbfgsMemory {
  readonly #products: MatrixProducts
  readonly #size: number
  /** Row-major: rows 2p and 2p + 1 are the gradient and the direction of place p. */
  readonly #rows: Float32Array
  /** Places in use, oldest first: the last is where the search is now, the others are where steps began. */
  readonly #order: number[] = []
  readonly #free: number[]
  /** By places: where the step from there led. */
  readonly #next: number[] = []
  /** By places: how many times the direction the step from there is. */
  readonly #step: number[] = []
  /** By places, the step from j no older than that from i: [i][j] is sᵢᵀyⱼ. */
  readonly #sy: number[][]
  /** By places: yᵢᵀyⱼ. */
  readonly #yy: number[][]
  /** By rows: their products with the last gradient. */
  #withGradient: Float32Array
  /** Steps over which the gradient grew, by the places where they began, oldest first. */
  #pairs: readonly number[] = []

  /** @param most steps that are remembered */
  constructor(most: number, size: number, products: MatrixProducts) {
    const places = Array.from({ length: most + 1 }, (_, place) => place)
    this.#products = products
    this.#size = size
    this.#rows = new Float32Array(2 * places.length * size)
    this.#withGradient = new Float32Array(2 * places.length)
    this.#free = places.toReversed()
    this.#sy = places.map(() => [])
    this.#yy = places.map(() => [])
  }

  /** Steps that the next direction goes by. */
  get count(): number {
    return this.#pairs.length
  }

  /** Forgets all steps. */
  clear(): void {
    this.#free.push(...this.#order.splice(0, this.#order.length - 1))
    this.#pairs = []
  }

  /**
   * Takes in the gradient where the search begins, or where the last direction led; where there is no more room, the
   * oldest step goes.
   *
   * @param step how many times the last direction the search went
   * @returns the gradient's norm
   */
  async arrive(gradient: Float32Array, step = 1): Promise<number> {
    const from = this.#order.at(-1)
    const place = this.#free.pop() ?? this.#order.shift()!
    this.#order.push(place)
    this.#row(gradientRow(place)).set(gradient)
    const before = this.#withGradient
    const now = new Float32Array(before.length)
    now.set(await this.#products.multiplyTransposed(gradient, this.#used(), [1, this.#size, this.#rowsUsed()]))
    this.#withGradient = now
    if (from !== undefined) {
      this.#step[from] = step
      this.#next[from] = place
      // That row was another one before: the products of the two gradients with each other are the same.
      before[gradientRow(place)] = now[gradientRow(from)]!
      this.#learn(from, (row) => now[row]! - before[row]!)
    }
    return Math.sqrt(now[gradientRow(place)]!)
  }

  /**
   * −H·g of the last gradient; where no step is remembered, −g.
   *
   * @returns the direction and its product with the gradient
   */
  async descend(): Promise<{ readonly direction: Float32Array; readonly slope: number }> {
    const here = this.#order.at(-1)!
    const { direction, slope } = this.count === 0 ? this.#steepest(here) : await this.#combined()
    this.#row(directionRow(here)).set(direction)
    this.#withGradient[directionRow(here)] = slope
    return { direction, slope }
  }

  #steepest(here: number) {
    const direction = this.#row(gradientRow(here)).map((value) => -value)
    return { direction, slope: -this.#withGradient[gradientRow(here)]! }
  }

  async #combined() {
    const coefficients = this.#coefficients()
    const slope = coefficients.reduce((sum, coefficient, row) => sum + coefficient * this.#withGradient[row]!, 0)
    const direction = await this.#products.multiply(coefficients, this.#used(), [1, coefficients.length, this.#size])
    return { direction, slope }
  }

  /**
   * Notes the products of the newest step with all steps.
   *
   * @param withY the product of a row with the step's y
   */
  #learn(newest: number, withY: (row: number) => number): void {
    const begun = this.#order.slice(0, -1)
    for (const place of begun) {
      this.#sy[place]![newest] = this.#step[place]! * withY(directionRow(place))
      const yy = withY(gradientRow(this.#next[place]!)) - withY(gradientRow(place))
      this.#yy[place]![newest] = this.#yy[newest]![place] = yy
    }
    this.#pairs = begun.filter((place) => {
      const yy = this.#yy[place]![place]!
      return yy > 0 && this.#sy[place]![place]! > 1e-12 * yy
    })
  }

  /**
   * How much of every row the direction has: the two-loop recursion (Nocedal & Wright, Numerical Optimization, 2nd ed.,
   * algorithm 7.4 with the scaling of eq. 7.20) on products instead of vectors.
   */
  #coefficients(): Float32Array {
    const pairs = this.#pairs
    const sy = this.#sy
    const yy = this.#yy
    const withGradient = this.#withGradient
    const newest = pairs.at(-1)!
    const scale = sy[newest]![newest]! / yy[newest]![newest]!
    const alpha: number[] = []
    for (let n = pairs.length - 1; n >= 0; n--) {
      const i = pairs[n]!
      let product = -this.#step[i]! * withGradient[directionRow(i)]!
      for (const j of pairs.slice(n + 1)) product -= alpha[j]! * sy[i]![j]!
      alpha[i] = product / sy[i]![i]!
    }
    const ofStep: number[] = []
    pairs.forEach((i, n) => {
      let product = withGradient[gradientRow(i)]! - withGradient[gradientRow(this.#next[i]!)]!
      for (const j of pairs) product -= alpha[j]! * yy[i]![j]!
      product *= scale
      for (const j of pairs.slice(0, n)) product += ofStep[j]! * sy[j]![i]!
      ofStep[i] = alpha[i]! - product / sy[i]![i]!
    })

    const coefficients = new Float32Array(this.#rowsUsed())
    coefficients[gradientRow(this.#order.at(-1)!)] = -scale
    for (const i of pairs) {
      coefficients[directionRow(i)] = this.#step[i]! * ofStep[i]!
      coefficients[gradientRow(i)]! += scale * alpha[i]!
      coefficients[gradientRow(this.#next[i]!)]! -= scale * alpha[i]!
    }
    return coefficients
  }

  #rowsUsed(): number {
    return 2 * (Math.max(...this.#order) + 1)
  }

  #used(): Float32Array {
    return this.#rows.subarray(0, this.#rowsUsed() * this.#size)
  }

  #row(row: number): Float32Array {
    return this.#rows.subarray(row * this.#size, (row + 1) * this.#size)
  }
}

function gradientRow(place: number): number {
  return 2 * place
}

function directionRow(place: number): number {
  return 2 * place + 1
}
