import { cholesky, solveLower } from '../math/cholesky.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { transposed } from '../math/transpose.js'
import type { Vectors } from './vectors.js'

/**
 * Predictions of ridge regressions on standardised features, each for a row that its regression did not see.
 *
 * With K the rows' inner products over the number of features and A = (K + λ)⁻¹, a regression of targets y predicts
 * y_i − (A·y)_i / A_ii for row i without it (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006,
 * equation 5.12). So any number of targets costs one product with A.
 *
 * @param ridge λ
 * @returns takes targets, row-major [m × count], to predictions of the same shape
 */
export async function leaveOneOut(
  vectors: Vectors,
  ridge: number,
  products: MatrixProducts,
): Promise<(targets: Float32Array) => Promise<Float32Array>> {
  const { count, dim } = vectors
  const x = standardised(vectors)
  const kernel = await products.multiplyTransposed(x, x, [count, dim, count])
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= dim
  for (let i = 0; i < count; i++) kernel[i * count + i]! += ridge
  const factor = await cholesky(kernel, count, products)
  const identity = new Float32Array(count * count)
  for (let i = 0; i < count; i++) identity[i * count + i] = 1
  const inverseFactor = transposed(await solveLower(factor, count, identity, products), count, count)
  const inverse = await products.multiplyTransposed(inverseFactor, inverseFactor, [count, count, count])
  return async (targets) => {
    const m = targets.length / count
    const residuals = await products.multiply(targets, inverse, [m, count, count])
    return targets.map((target, i) => target - residuals[i]! / inverse[(i % count) * (count + 1)]!)
  }
}

function standardised({ count, dim, values }: Vectors): Float32Array {
  const result = new Float32Array(values.length)
  for (let d = 0; d < dim; d++) {
    let sum = 0
    let squares = 0
    for (let i = d; i < values.length; i += dim) sum += values[i]!
    const mean = sum / count
    for (let i = d; i < values.length; i += dim) squares += (values[i]! - mean) ** 2
    const deviation = Math.sqrt(squares / count)
    if (!(deviation > 1e-6)) continue
    for (let i = d; i < values.length; i += dim) result[i] = (values[i]! - mean) / deviation
  }
  return result
}
