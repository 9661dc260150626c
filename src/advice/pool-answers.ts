import { allLayers } from '../features/table.js'
import { blockSource } from '../head/feature-source.js'
import type { AddedHead } from '../head/added-head.js'
import { joinHeads } from '../head/join-heads.js'
import { logAddExp, logSumExp, topK } from '../math/softmax.js'
import type { Pool } from './pool.js'

/** A classifier's answer to an image without a label. */
export interface PoolAnswer {
  /** The column of the answer. */
  readonly column: number
  /** 1 less the difference of the two largest probabilities: 0 where the classifier is sure, 1 at a tie. */
  readonly unsureness: number
}

/**
 * What a classifier says of every image of a pool. The difference of the two largest probabilities tells how unsure it
 * is (Scheffer, Decomain and Wrobel, "Active Hidden Markov Models for Information Extraction", 2001).
 *
 * @param heads the added heads, shifts included
 * @param mergedInto the base class of each of their columns that is merged
 */
export async function poolAnswers(
  pool: Pool,
  heads: readonly AddedHead[],
  mergedInto: readonly (number | undefined)[],
): Promise<PoolAnswer[]> {
  const k = mergedInto.length
  const added = k === 0 ? new Float32Array(0) : await joinHeads(heads).score(blockSource(allLayers(pool)))
  return pool.files.map((_, image) => {
    const old = pool.oldLogits(image)
    const logits = jointLogits(old, added.subarray(image * k, (image + 1) * k), mergedInto)
    const total = logSumExp(logits)
    const [first, second] = topK(logits, 2)
    const probability = (column: number | undefined) => (column === undefined ? 0 : Math.exp(logits[column]! - total))
    return { column: first!, unsureness: 1 - (probability(first) - probability(second)) }
  })
}

/** Old and added logits in the order of a bundle's columns; a merged class is one column with its base class. */
function jointLogits(old: Float32Array, added: Float32Array, mergedInto: readonly (number | undefined)[]): number[] {
  const logits = Array.from(old)
  added.forEach((logit, column) => {
    const base = mergedInto[column]
    if (base === undefined) logits.push(logit)
    else logits[base] = logAddExp(logits[base]!, logit)
  })
  return logits
}
