import { concat } from '../../../src/math/concat.js'
import { mergedOf } from '../merged.js'
import { classifierOf } from '../answers.js'
import { classMeans, normalise } from './class-means.js'
import type { Method } from './method.js'
import { narrow, widen } from './narrow.js'
import { meanColumnNorm } from './norms.js'

/**
 * Weight imprinting: the normalised mean of a class's normalised features becomes its column (Qi, Brown and Lowe,
 * Low-shot learning with imprinted weights, CVPR 2018). The scale gives it the mean norm of the old columns, and the
 * bias is their mean.
 */
export const imprinting: Method = {
  name: 'imprinting',
  about: 'normalised class means as columns, with the mean norm and bias of the old ones; bottleneck alone',
  async train({ increments, baseHead }) {
    const { size } = baseHead
    const means = increments.flatMap(({ increment, table }) =>
      classMeans(narrow(table, size), increment.classes.length, normalise).map((one) => normalise(one!)),
    )
    const k = means.length
    const norm = meanColumnNorm(baseHead.kernel, size)
    const meanBias = baseHead.bias.reduce((sum, value) => sum + value, 0) / baseHead.bias.length
    const columns = concat(
      Float32Array,
      means.map((one) => Float32Array.from(one, (value) => value * norm)),
    )
    const weight = Float32Array.from(columns, (_, i) => columns[(i % k) * size + Math.floor(i / k)]!)
    const head = { dim: size, columns: k, weight, bias: new Float32Array(k).fill(meanBias) }
    const all = widen(head, increments[0]!.table.dim)
    return classifierOf(all, mergedOf(increments))
  },
}
