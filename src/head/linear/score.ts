import { beside, type Matrix } from '../../math/beside.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { openMatrixProducts } from '../ort-matrix-products.js'
import type { FeatureSource } from '../feature-source.js'
import type { Point } from '../point.js'
import type { TrainingSet } from '../training-set.js'
import { headsAt } from './head-at.js'
import type { LinearWeights } from './types.js'

const blockRows = 2048

/**
 * Computes the logits of every row under one of several heads of equal shape.
 *
 * @param headOf index of the head that scores a row
 * @returns row-major [count × k]
 */
export async function scoreRows(
  features: FeatureSource,
  heads: readonly LinearWeights[],
  headOf?: (row: number) => number,
): Promise<Float32Array> {
  await using products = await openMatrixProducts()
  return await scoreRowsWith(products, features, heads, headOf)
}

/**
 * Computes the scores of every row of a set under one of several fits.
 *
 * @param points of the fits
 * @param pointOf index of the point that scores a row
 * @returns row-major [count × k]
 */
export async function scoreSet(
  products: MatrixProducts,
  { groups, target }: TrainingSet,
  points: readonly Point[],
  pointOf: (row: number) => number,
): Promise<Float32Array> {
  const heads = points.map((point) => headsAt(point, groups))
  const parts: Matrix[] = []
  for (const [g, { features, columns }] of groups.entries()) {
    const ofGroup = heads.map((one) => one[g]!)
    parts.push({ columns, values: await scoreRowsWith(products, features, ofGroup, pointOf) })
  }
  return beside(parts, target.length).values
}

/** Like `scoreRows`, with matrix products that are open already. */
async function scoreRowsWith(
  products: MatrixProducts,
  features: FeatureSource,
  heads: readonly LinearWeights[],
  headOf: (row: number) => number = () => 0,
): Promise<Float32Array> {
  const { count, dim } = features
  const k = heads[0]!.columns
  const { columns, values: weight } = beside(
    heads.map((head) => ({ columns: k, values: head.weight })),
    dim,
  )
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
