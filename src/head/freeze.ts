import type { FeatureTable } from '../features/table.js'
import { argMax, logAddExp, logSumExp } from '../math/softmax.js'
import { blockSource } from './feature-source.js'
import { openProducts } from './products.js'
import { scoreRowsWith } from './score.js'
import type { Head } from './types.js'
import { using } from './using.js'

const blockRows = 2048

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
  const source = blockSource(table.features)
  const k = frozen.classes
  const oldLogSumExp = table.oldLogSumExp.slice()
  const oldBest = table.oldBest.slice()
  const oldClass = table.oldClass.slice()
  // Block by block: the scores of all rows under thousands of columns would fill the memory.
  await using(openProducts(), async (products) => {
    for (let start = 0; start < count; start += blockRows) {
      const rows = Math.min(blockRows, count - start)
      const read = (from: number, to: number) => source.read(start + from, start + to)
      const scores = await scoreRowsWith(products, { count: rows, dim: source.dim, read }, [frozen])
      for (let i = 0; i < rows; i++) {
        const row = start + i
        oldLogSumExp[row] = logAddExp(oldLogSumExp[row]!, logSumExp(scores, i * k, k))
        const column = argMax(scores, i * k, k)
        if (scores[i * k + column]! <= oldBest[row]!) continue
        oldBest[row] = scores[i * k + column]!
        oldClass[row] = columnClass[column]!
      }
    }
  })
  return { ...table, oldLogSumExp, oldBest, oldClass }
}
