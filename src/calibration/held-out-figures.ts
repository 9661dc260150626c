import { isAdded, type HeldOutRecord, type Label } from '../bundle/manifest.js'
import { rankFigures } from '../evaluation/class-scores.js'
import { classFigures, confusionMatrix, labelsIn } from '../evaluation/confusion-matrix.js'
import { oldAndNewFigures, outcomeOf } from '../evaluation/old-and-new.js'
import type { HeldOutImages } from './held-out-records.js'

/**
 * The columns that count as new: those of added classes that are neither merged nor frozen.
 *
 * @param added as in `heldOutFigures`
 */
export function newColumns(added: readonly Label[]): ReadonlySet<number> {
  return new Set(added.filter(isAdded).map(({ index }) => index))
}

/**
 * Counts hits, leaks and misses. A merged class counts as old, as in `evaluate`, and so does a frozen one.
 *
 * @param added [k] labels by column; a merged column has the label of its old class
 */
export function heldOutFigures({ records, scores }: HeldOutImages, added: readonly Label[]): HeldOutRecord {
  const own = newColumns(added)
  const shown = records.filter(({ source }) => source === 'added')
  const labelOf = labelsIn(shown)
  const figuresOf = new Map(classFigures(confusionMatrix(shown)).map((figures) => [figures.truth, figures]))
  const outcomes = records.map((record) => outcomeOf(record, own.has(record.truth.index)))
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
