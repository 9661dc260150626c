import type { HeldOutRecord, Label } from '../bundle/manifest.js'
import { rankFigures } from '../evaluation/class-scores.js'
import { classFigures, countAnswer, type ConfusionMatrix } from '../evaluation/confusion-matrix.js'
import { oldAndNewFigures } from '../evaluation/old-and-new.js'
import { isOwnClass, type HeldOutImages } from './held-out-records.js'

/**
 * Counts hits, leaks and misses. A merged class counts as old, as in `evaluate`, and so does a frozen one.
 *
 * @param added [k] labels by column; a merged column has the label of its old class
 */
export function heldOutFigures({ records, scores }: HeldOutImages, added: readonly Label[]): HeldOutRecord {
  const own = new Set(added.filter(isOwnClass).map(({ index }) => index))
  const matrix: ConfusionMatrix = new Map()
  const labelOf = new Map<number, string>()
  for (const { truth, answers, source } of records) {
    const answer = answers[0]!
    if (source === 'added') countAnswer(matrix, truth.index, answer.index)
    labelOf.set(truth.index, truth.label).set(answer.index, answer.label)
  }
  const outcomes = records.map(({ truth, baseAnswer, error }) => ({
    isNew: own.has(truth.index),
    error,
    isBaseRight: baseAnswer.index === truth.index,
  }))
  const figuresOf = new Map(classFigures(matrix).map((figures) => [figures.truth, figures]))
  const ranks = rankFigures(records, scores)
  const { old, new: news, leak, miss } = oldAndNewFigures(outcomes)
  return {
    old: old && { top1Before: old.top1Base, top1After: old.top1, count: old.count },
    new: news ? { top1: news.top1, count: news.count } : { top1: null, count: 0 },
    leak,
    miss,
    perClass: added.flatMap(({ index, label }) => {
      const figures = figuresOf.get(index)
      if (figures === undefined) return []
      const { count, right, takenFor } = figures
      const confusedWith = takenFor.map((one) => ({ label: labelOf.get(one.answer)!, count: one.count }))
      const rank = ranks.get(index)
      const ranked = rank && { averagePrecision: rank.averagePrecision, threshold: rank.best.threshold }
      return [{ label, count, top1: right / count, ...ranked, confusedWith }]
    }),
  }
}
