import type { FeatureTable } from '../bottleneck/table.js'
import { argMax, logAddExp, logSumExp } from '../math/softmax.js'
import { floatSource } from './feature-source.js'
import { scoreRows } from './score.js'
import type { Head } from './types.js'

/**
 * A table as it looks once some added heads are frozen: their logits join the old ones, so that a head trained on top competes
 * with them as it does with the base model.
 *
 * @param columnClass the class each frozen column answers with, in the numbering of the table's old classes
 */
export async function withFrozenHead(
  table: FeatureTable,
  frozen: Head,
  columnClass: readonly number[],
): Promise<FeatureTable> {
  const { count } = table
  const scores = await scoreRows(floatSource(table.features), [frozen])
  const k = frozen.classes
  const oldScore = table.oldScore.slice()
  const oldBest = table.oldBest.slice()
  const oldClass = table.oldClass.slice()
  for (let row = 0; row < count; row++) {
    oldScore[row] = logAddExp(oldScore[row]!, logSumExp(scores, row * k, k))
    const column = argMax(scores, row * k, k)
    if (scores[row * k + column]! <= oldBest[row]!) continue
    oldBest[row] = scores[row * k + column]!
    oldClass[row] = columnClass[column]!
  }
  return { ...table, oldScore, oldBest, oldClass }
}
