import { rowWeights } from '../../../src/head/row-weights.js'
import { scoreRows } from '../../../src/head/linear/score.js'
import { standardise } from '../../../src/head/standardise.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'
import { mergedOf } from '../merged.js'
import { classifierOf } from '../answers.js'
import { classMeans, normalise } from './class-means.js'
import { trainingSetOf } from './joint-training.js'
import type { Method } from './method.js'
import { fitScaleShift, scaled } from './scale-shift.js'

/**
 * Imprinting that stands beside a linear old head (docs/method.md): the direction from the mean of all images to that
 * of the class, a threshold half-way, and one scale and one shift fitted for all. On standardised features, where the
 * mean of all is 0.
 */
export const centredImprinting: Method = {
  name: 'centred imprinting',
  about: 'directions from the common mean to the class means, with a fitted scale and shift; all features',
  async train({ increments, rehearsal }) {
    const set = trainingSetOf(increments, rehearsal)
    const { features } = set.groups[0]!
    const weights = rowWeights(set)
    const { mean, inverseDeviation } = await standardise(features, weights)
    const standard = (row: Float64Array) => row.map((value, d) => (value - mean[d]!) * inverseDeviation[d]!)
    const means = increments.flatMap(({ increment, table }) => classMeans(table, increment.classes.length, standard))
    const { dim } = features
    const k = means.length
    const head: LinearWeights = { dim, columns: k, weight: new Float32Array(dim * k), bias: new Float32Array(k) }
    means.forEach((classMean, c) => {
      normalise(classMean!.slice()).forEach((direction, d) => {
        const weight = direction * inverseDeviation[d]!
        head.weight[d * k + c] = weight
        head.bias[c]! -= weight * mean[d]! + (direction * classMean![d]!) / 2
      })
    })
    const fitted = scaled(head, await fitScaleShift(set, await scoreRows(features, [head]), weights))
    return classifierOf(fitted, mergedOf(increments))
  },
}
