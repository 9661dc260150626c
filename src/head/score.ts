import type { FeatureTable } from '../features/table.js'
import type { Products } from '../math/products.js'
import { blockSource } from './feature-source.js'
import { openProducts } from './products.js'
import type { FeatureSource, Head } from './types.js'
import { using } from './using.js'

const blockRows = 2048

/**
 * The logits of every row under one of several heads of equal shape.
 *
 * @param headOf which head scores a row
 * @returns row-major [count × k]
 */
export function scoreRows(
  features: FeatureSource,
  heads: readonly Head[],
  headOf?: (row: number) => number,
): Promise<Float32Array> {
  return using(openProducts(), (products) => scoreRowsWith(products, features, heads, headOf))
}

/** As `scoreRows`, for those who multiply already. */
export async function scoreRowsWith(
  products: Products,
  features: FeatureSource,
  heads: readonly Head[],
  headOf: (row: number) => number = () => 0,
): Promise<Float32Array> {
  const { count, dim } = features
  const k = heads[0]!.classes
  const columns = heads.length * k
  const weight = new Float32Array(dim * columns)
  heads.forEach((head, h) => {
    for (let d = 0; d < dim; d++) weight.set(head.weight.subarray(d * k, (d + 1) * k), d * columns + h * k)
  })
  const scores = new Float32Array(count * k)
  for (let start = 0; start < count; start += blockRows) {
    const end = Math.min(start + blockRows, count)
    const all = await products.multiply(await features.read(start, end), weight, [end - start, dim, columns])
    for (let row = start; row < end; row++) {
      const head = headOf(row)
      const from = (row - start) * columns + head * k
      for (let c = 0; c < k; c++) scores[row * k + c] = all[from + c]! + heads[head]!.bias[c]!
    }
  }
  return scores
}

/** The logits of a table's rows under one head, row-major [count × k]. */
export function scoreTable({ features }: FeatureTable, head: Head): Promise<Float32Array> {
  return scoreRows(blockSource(features), [head])
}
