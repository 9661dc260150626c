import { joinTables } from '../../../src/features/table.js'
import { selectTestRows, tableOfTestSet } from '../tables.js'
import type { TestSet } from '../data.js'
import type { TrainedMethod } from '../answers.js'
import { refitClassifier } from './engine.js'
import type { Task } from './method.js'

/** The engine rehearsing with one half of the old test images as well, to be measured on the other half. */
export interface OracleHalf {
  readonly classify: TrainedMethod
  /** The half it has not seen. */
  readonly unseen: TestSet
}

/**
 * What many old images would bring. It is the only method that may look at test images: its figures are the mean of
 * both halves, and no fair comparison.
 */
export async function trainOracle(
  { increments, rehearsal, baseHead, seed }: Task,
  old: TestSet,
): Promise<OracleHalf[]> {
  const halves: OracleHalf[] = []
  for (const parity of [0, 1]) {
    const isSeen = (row: number) => row % 2 === parity
    const many = joinTables([rehearsal, tableOfTestSet(old, isSeen)])
    const { classify } = await refitClassifier(increments, many, baseHead, { seed })
    halves.push({ classify, unseen: selectTestRows(old, (row) => !isSeen(row)) })
  }
  return halves
}
