import { allLayers, type FeatureTable } from '../features/table.js'
import { argMax, logAddExp, logSumExp } from '../math/softmax.js'
import { blockSource } from './feature-source.js'
import type { Scorer } from './added-head.js'

const blockRows = 2048

/**
 * Adds the logits of frozen heads to the old logits of a table, so that a head trained on it competes with them as with
 * the base model.
 *
 * @param columnClass the class of each frozen column, numbered as the table's old classes
 */
export async function withFrozenHead(
  table: FeatureTable,
  frozen: Scorer,
  columnClass: readonly number[],
): Promise<FeatureTable> {
  const { count } = table
  const source = blockSource(allLayers(table))
  const k = frozen.columns
  const oldLogSumExp = table.oldLogSumExp.slice()
  const oldBest = table.oldBest.slice()
  const oldClass = table.oldClass.slice()
  // Block by block: the logits of all rows for thousands of columns would exhaust memory.
  for (let start = 0; start < count; start += blockRows) {
    const rows = Math.min(blockRows, count - start)
    const read = (from: number, to: number) => source.read(start + from, start + to)
    const logits = await frozen.score({ count: rows, dim: source.dim, read })
    for (let i = 0; i < rows; i++) {
      const row = start + i
      oldLogSumExp[row] = logAddExp(oldLogSumExp[row]!, logSumExp(logits, i * k, k))
      // As in the graph, where the logit of a merged class is the logsumexp of its columns.
      columnClass.forEach((own, column) => {
        if (own === table.oldClass[row]) oldBest[row] = logAddExp(oldBest[row]!, logits[i * k + column]!)
      })
      const column = argMax(logits, i * k, k)
      if (logits[i * k + column]! <= oldBest[row]!) continue
      oldBest[row] = logits[i * k + column]!
      oldClass[row] = columnClass[column]!
    }
  }
  return { ...table, oldLogSumExp, oldBest, oldClass }
}
