import { throwIfAborted } from '../core/errors.js'
import { createRandom } from '../math/random.js'

/** Numbers kept of an image. */
const sketchSize = 256
/** The fewest images that a map is made of. */
export const fewestPoints = 12
/** Images that are near each other in the map's sense, as umap-js has it by default. */
const neighbours = 15

/**
 * Features of images, reduced as they come to 256 numbers each, 2 kB: every feature is added to one of the numbers, or
 * subtracted, as a seeded draw says (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009).
 * Distances stay as they are but for some per cent.
 *
 * A root is taken first, as activations are many small numbers and a few large ones that would decide alone.
 */
export class FeatureSketch {
  readonly rows: number[][] = []
  #place: Uint16Array | undefined
  #sign: Int8Array | undefined

  add(features: Float32Array): void {
    const { place, sign } = this.#drawn(features.length)
    const row = new Array<number>(sketchSize).fill(0)
    features.forEach((value, i) => (row[place[i]!]! += sign[i]! * Math.sign(value) * Math.sqrt(Math.abs(value))))
    this.rows.push(row)
  }

  #drawn(length: number): { place: Uint16Array; sign: Int8Array } {
    if (this.#place === undefined || this.#sign === undefined) {
      const random = createRandom('feature-sketch')
      this.#place = Uint16Array.from({ length }, () => random.integer(sketchSize))
      this.#sign = Int8Array.from({ length }, () => (random.next() < 0.5 ? 1 : -1))
    }
    return { place: this.#place, sign: this.#sign }
  }
}

/** At most so many, evenly taken. */
export function someOf(all: readonly number[], most: number): number[] {
  const step = Math.max(1, all.length / most)
  return Array.from({ length: Math.min(most, all.length) }, (_, i) => all[Math.floor(i * step)]!)
}

/**
 * Places images in a plane so that those with like features lie together: UMAP (McInnes et al., 2018), seeded.
 *
 * @returns a pair of coordinates for each row; `undefined` where there are too few rows
 * @throws NpluskError `ABORTED`
 */
export async function featureMap(
  rows: number[][],
  signal: AbortSignal | undefined,
): Promise<(readonly [number, number])[] | undefined> {
  if (rows.length < fewestPoints) return undefined
  const { UMAP } = await import('umap-js')
  const random = createRandom('feature-map')
  const umap = new UMAP({ nNeighbors: Math.min(neighbours, rows.length - 1), random: () => random.next() })
  const points = await umap.fitAsync(rows, () => signal?.aborted !== true)
  throwIfAborted(signal)
  return points.map(([x, y]) => [x!, y!])
}
