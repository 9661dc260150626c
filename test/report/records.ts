import { createRandom } from '../../src/math/random.js'
import type { Label } from '../../src/bundle/manifest.js'
import { evaluationRecord, type EvaluationRecord } from '../../src/evaluation/evaluation-record.js'
import { logSumExp } from '../../src/math/softmax.js'

/** A name that would do harm wherever it is not escaped. */
export const hostile = `</script><img src=x onerror="alert('1')">&amp;`

/** Four old classes and three added ones. */
export const labels: Label[] = ['cat', 'dog', 'owl', 'gnu', 'rose', 'tulip', hostile].map((label, index) => ({
  index,
  label,
  increment: index < 4 ? 'base' : 'flowers',
}))

/**
 * Made-up answers: each image's own class has the largest logit more often than not.
 *
 * @param files one for each record
 */
export function madeUpRecords(files: readonly string[], seed = 1): EvaluationRecord[] {
  const random = createRandom(seed)
  return files.map((file, i) => {
    const truth = i % labels.length
    const logits = Float32Array.from(labels, (_, column) => 1.5 * random.normal() + (column === truth ? 2.5 : 0))
    const probabilities = logits.map((logit) => Math.exp(logit - logSumExp(logits)))
    return evaluationRecord(file, truth, { logits, probabilities }, { labels, baseCount: 4 })
  })
}

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `photos/${i}.jpg`)
}
