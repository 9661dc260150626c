import { throwIfAborted } from '../../core/errors.js'
import type { FeatureTable } from '../../features/table.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { scalingOf, spreadColumns, unitVectors } from './unit-vectors.js'

/** Number of compared features: enough to tell images apart. */
const sampledFeatures = 512
/** Most rows compared at once, and most products at once: 64 MB. */
const blockRows = 1024
const blockProducts = 2 ** 24

/**
 * The nearest neighbours of every row by the angle between standardised features.
 *
 * @param wanted number of neighbours
 * @returns [rows] the neighbours' rows, the nearest first
 */
export async function nearestNeighbours(
  table: FeatureTable,
  wanted: number,
  products: MatrixProducts,
  signal?: AbortSignal,
): Promise<number[][]> {
  const { count, dim } = table
  const scaling = scalingOf(table, spreadColumns(dim, sampledFeatures))
  const vectors = unitVectors(table, [...table.label.keys()], scaling)
  const size = vectors.length / Math.max(1, count)
  const kept = Math.min(wanted, count - 1)
  const neighbours: number[][] = []
  const most = Math.max(1, Math.min(blockRows, Math.floor(blockProducts / count)))
  for (let start = 0; start < count; start += most) {
    throwIfAborted(signal)
    const rows = Math.min(most, count - start)
    const block = vectors.subarray(start * size, (start + rows) * size)
    const cosines = await products.multiplyTransposed(block, vectors, [rows, size, count])
    for (let row = 0; row < rows; row++) {
      neighbours.push(largest(cosines.subarray(row * count, (row + 1) * count), kept, start + row))
    }
  }
  return neighbours
}

/** The places of the largest values but one, the largest first. */
function largest(values: Float32Array, wanted: number, left: number): number[] {
  const best: number[] = []
  values.forEach((value, i) => {
    if (i === left || (best.length === wanted && value <= values[best.at(-1)!]!)) return
    let place = best.length
    while (place > 0 && values[best[place - 1]!]! < value) place--
    best.splice(place, 0, i)
    if (best.length > wanted) best.pop()
  })
  return best
}
