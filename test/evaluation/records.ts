import type { Label } from '../../src/bundle/manifest.js'
import { evaluationRecord, type EvaluationRecord } from '../../src/evaluation/evaluation-record.js'
import { logSumExp } from '../../src/math/softmax.js'

/** Three old classes and two added ones. */
export const labels: Label[] = ['cat', 'dog', 'owl', 'rose', 'tulip'].map((label, index) => ({
  index,
  label,
  increment: index < 3 ? 'base' : 'flowers',
}))

/** An image of a class, and the five logits that it gets. */
export interface Answered {
  readonly truth: number
  readonly logits: readonly number[]
}

export function recordsOf(images: readonly Answered[]): EvaluationRecord[] {
  return images.map(({ truth, logits }, i) => {
    const probabilities = Float32Array.from(logits, (logit) => Math.exp(logit - logSumExp(logits)))
    const scores = { logits: Float32Array.from(logits), probabilities }
    return evaluationRecord(`${i}.jpg`, truth, scores, { labels, baseCount: 3 })
  })
}
