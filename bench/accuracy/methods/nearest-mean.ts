import { scoreRows } from '../../../src/head/linear/score.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'
import { mergedOf } from '../merged.js'
import { jointColumns, join, type JointAnswers } from '../answers.js'
import type { TestSet } from '../data.js'
import { classMeans, normalise } from './class-means.js'
import type { Method } from './method.js'
import { narrow, widen } from './narrow.js'

/**
 * Nearest mean of normalised features, for old and new classes alike (Rebuffi et al., iCaRL, CVPR 2017). The old means
 * come from the rehearsal images, one a class. Between vectors of length 1 the nearest is that with the largest inner
 * product. On the bottleneck, as published: with the deeper features, standardised, it is worse (H .43 against .68).
 */
export const nearestMean: Method = {
  name: 'nearest class mean',
  about: 'of normalised bottlenecks, for old and new classes alike; old means from one rehearsal image a class',
  uncalibrated: true,
  async train({ increments, rehearsal, baseHead }) {
    const oldClasses = baseHead.bias.length
    const { size } = baseHead
    const means = [
      ...classMeans(narrow(rehearsal, size), oldClasses, normalise),
      ...increments.flatMap(({ increment, table }) =>
        classMeans(narrow(table, size), increment.classes.length, normalise),
      ),
    ]
    const k = means.length
    const own: LinearWeights = {
      dim: size,
      columns: k,
      weight: new Float32Array(size * k),
      bias: new Float32Array(k),
    }
    means.forEach((classMean, c) => {
      // A class without images is never nearest.
      if (classMean === undefined) own.bias[c] = -1e30
      else normalise(classMean).forEach((value, d) => (own.weight[d * k + c] = value))
    })
    const head = widen(own, increments[0]!.table.dim)
    const merged = mergedOf(increments)
    const columns = jointColumns(k - oldClasses, merged, oldClasses)
    return (set) => answer(set, head, columns)
  },
}

/** Scores of all classes by one head, its first N columns in the place of the old logits. */
async function answer(
  { count, dim, features, oldClasses }: TestSet,
  head: LinearWeights,
  columns: readonly number[],
): Promise<JointAnswers> {
  const source = { count, dim, read: (start: number, end: number) => features.subarray(start * dim, end * dim) }
  const scores = await scoreRows(source, [head])
  const columnsFrom = (first: number, last: number) => {
    const part = new Float32Array(count * (last - first))
    for (let row = 0; row < count; row++) {
      part.set(scores.subarray(row * head.columns + first, row * head.columns + last), row * (last - first))
    }
    return part
  }
  return join(columnsFrom(0, oldClasses), oldClasses, columnsFrom(oldClasses, head.columns), columns)
}
