import type { MatrixProducts } from './matrix-products.js'

/**
 * The memory of L-BFGS: the last gradients g, and the search direction d taken from each, as rows of one matrix. A step
 * s is a multiple of its direction, and the change of the gradient over it, y, is the difference of two gradients. Once
 * a gradient is multiplied by all rows, the next direction is therefore the product of a few coefficients with the
 * matrix (after Byrd, Nocedal & Schnabel, Representations of quasi-Newton matrices, Mathematical Programming 63, 1994).
 *
 * `MatrixProducts` compute in float32, so a step that hardly changes the gradient, with ‖y‖ below a thousandth of ‖g‖,
 * teaches little: the search then takes more steps, but none uphill.
 */
export class LbfgsMemory {
  readonly #products: MatrixProducts
  readonly #size: number
  /** Row-major: rows 2p and 2p + 1 are the gradient and the direction of slot p. */
  readonly #rows: Float32Array
  /** Slots in use, oldest first: the last is where the search is now, the others are where steps began. */
  readonly #order: number[] = []
  readonly #free: number[]
  /** By slot: the slot that the step from there led to. */
  readonly #next: number[] = []
  /** By slot: the length of the step from there, as a multiple of its direction. */
  readonly #step: number[] = []
  /** By slots, where step j is no older than step i: [i][j] is sᵢᵀyⱼ. */
  readonly #sy: number[][]
  /** By slots: yᵢᵀyⱼ. */
  readonly #yy: number[][]
  /** By row: its product with the last gradient. */
  #withGradient: Float32Array
  /** Steps of positive curvature, by the slots where they began, oldest first. */
  #pairs: readonly number[] = []

  /**
   * @param capacity most steps remembered
   * @param size number of unknowns
   */
  constructor(capacity: number, size: number, products: MatrixProducts) {
    const slots = Array.from({ length: capacity + 1 }, (_, slot) => slot)
    this.#products = products
    this.#size = size
    this.#rows = new Float32Array(2 * slots.length * size)
    this.#withGradient = new Float32Array(2 * slots.length)
    this.#free = slots.toReversed()
    this.#sy = slots.map(() => [])
    this.#yy = slots.map(() => [])
  }

  /** Steps that shape the next direction. */
  get count(): number {
    return this.#pairs.length
  }

  /** Forgets all steps. */
  clear(): void {
    this.#free.push(...this.#order.splice(0, this.#order.length - 1))
    this.#pairs = []
  }

  /**
   * Takes in the gradient at the start, or where the last step led; when the memory is full, the oldest step is
   * forgotten.
   *
   * @param step length of the last step, as a multiple of its direction
   * @returns the norm of the gradient
   */
  async arrive(gradient: Float32Array, step = 1): Promise<number> {
    const from = this.#order.at(-1)
    const slot = this.#free.pop() ?? this.#order.shift()!
    this.#order.push(slot)
    this.#row(gradientRow(slot)).set(gradient)
    const before = this.#withGradient
    const now = new Float32Array(before.length)
    now.set(await this.#products.multiplyTransposed(gradient, this.#used(), [1, this.#size, this.#rowsUsed()]))
    this.#withGradient = now
    if (from !== undefined) {
      this.#step[from] = step
      this.#next[from] = slot
      // This row held other values when `before` was computed; the product of the two gradients is symmetric.
      before[gradientRow(slot)] = now[gradientRow(from)]!
      this.#learn(from, (row) => now[row]! - before[row]!)
    }
    return Math.sqrt(now[gradientRow(slot)]!)
  }

  /**
   * The next search direction: −H·g for the last gradient g, or −g while no step is remembered.
   *
   * @returns the direction and its product with the gradient
   */
  async descend(): Promise<{ readonly direction: Float32Array; readonly slope: number }> {
    const current = this.#order.at(-1)!
    const { direction, slope } = this.count === 0 ? this.#steepest(current) : await this.#combined()
    this.#row(directionRow(current)).set(direction)
    this.#withGradient[directionRow(current)] = slope
    return { direction, slope }
  }

  #steepest(current: number) {
    const direction = this.#row(gradientRow(current)).map((value) => -value)
    return { direction, slope: -this.#withGradient[gradientRow(current)]! }
  }

  async #combined() {
    const coefficients = this.#coefficients()
    const slope = coefficients.reduce((sum, coefficient, row) => sum + coefficient * this.#withGradient[row]!, 0)
    const direction = await this.#products.multiply(coefficients, this.#used(), [1, coefficients.length, this.#size])
    return { direction, slope }
  }

  /**
   * Records the products of the newest step with all steps.
   *
   * @param withY gives the product of a row with the step's y
   */
  #learn(newest: number, withY: (row: number) => number): void {
    const starts = this.#order.slice(0, -1)
    for (const slot of starts) {
      this.#sy[slot]![newest] = this.#step[slot]! * withY(directionRow(slot))
      const yy = withY(gradientRow(this.#next[slot]!)) - withY(gradientRow(slot))
      this.#yy[slot]![newest] = this.#yy[newest]![slot] = yy
    }
    this.#pairs = starts.filter((slot) => {
      const yy = this.#yy[slot]![slot]!
      return yy > 0 && this.#sy[slot]![slot]! > 1e-12 * yy
    })
  }

  /**
   * The coefficient of every row in the next direction: the two-loop recursion (Nocedal & Wright, Numerical
   * Optimization, 2nd ed., algorithm 7.4 with the scaling of eq. 7.20) on products instead of vectors.
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
    const stepCoefficient: number[] = []
    pairs.forEach((i, n) => {
      let product = withGradient[gradientRow(i)]! - withGradient[gradientRow(this.#next[i]!)]!
      for (const j of pairs) product -= alpha[j]! * yy[i]![j]!
      product *= scale
      for (const j of pairs.slice(0, n)) product += stepCoefficient[j]! * sy[j]![i]!
      stepCoefficient[i] = alpha[i]! - product / sy[i]![i]!
    })

    const coefficients = new Float32Array(this.#rowsUsed())
    coefficients[gradientRow(this.#order.at(-1)!)] = -scale
    for (const i of pairs) {
      coefficients[directionRow(i)] = this.#step[i]! * stepCoefficient[i]!
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

function gradientRow(slot: number): number {
  return 2 * slot
}

function directionRow(slot: number): number {
  return 2 * slot + 1
}
