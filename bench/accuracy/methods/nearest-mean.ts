import { rowWeights } from '../../../src/head/row-weights.js'
import { scoreRows } from '../../../src/head/score.js'
import { standardise } from '../../../src/head/standardise.js'
import type { Head } from '../../../src/head/types.js'
import { mergedColumns } from '../../../src/workflow/refit.js'
import { columnsOf, join } from '../answers.js'
import { classMeans } from './class-means.js'
import { trainingSetOf } from './joint-training.js'
import type { Method } from './method.js'

/**
 * Nearest class mean for old and new classes alike (iCaRL's classifier: Rebuffi et al., CVPR 2017), on standardised features. The
 * old means come from the rehearsal images, one a class. Of −‖f − μ‖² the part that all classes share is left out: 2fμ − ‖μ‖².
 */
export const nearestMean: Method = {
  name: 'nearest class mean',
  about: 'for old and new classes alike, old means from one rehearsal image a class; all features, standardised',
  uncalibrated: true,
  async train({ increments, rehearsal, oldHead }) {
    const set = trainingSetOf(increments, rehearsal)
    const { mean, inverseDeviation } = await standardise(set.features, rowWeights(set))
    const standard = (row: Float64Array) => row.map((value, d) => (value - mean[d]!) * inverseDeviation[d]!)
    const oldClasses = oldHead.bias.length
    const means = [
      ...classMeans(rehearsal, oldClasses, standard),
      ...increments.flatMap(({ increment, table }) => classMeans(table, increment.classes.length, standard)),
    ]
    const { dim } = set.features
    const classes = means.length
    const head: Head = { dim, classes, weight: new Float32Array(dim * classes), bias: new Float32Array(classes) }
    means.forEach((classMean, c) => {
      // A class without images is never nearest.
      if (classMean === undefined) head.bias[c] = -1e30
      classMean?.forEach((value, d) => {
        const weight = 2 * value * inverseDeviation[d]!
        head.weight[d * classes + c] = weight
        head.bias[c]! -= weight * mean[d]! + value * value
      })
    })
    const merged = mergedColumns(increments.map(({ increment }) => increment))
    const columns = columnsOf(classes - oldClasses, merged, oldClasses)
    return async ({ count, features }) => {
      const source = { count, dim, read: (start: number, end: number) => features.subarray(start * dim, end * dim) }
      const scores = await scoreRows(source, [head])
      const part = (from: number, to: number) =>
        Float32Array.from({ length: count * (to - from) }, (_, i) => {
          const row = Math.floor(i / (to - from))
          return scores[row * classes + from + (i % (to - from))]!
        })
      return join(part(0, oldClasses), oldClasses, part(oldClasses, classes), columns)
    }
  },
}
