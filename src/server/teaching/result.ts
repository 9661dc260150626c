import type { HeldOutImageRecord } from '../../calibration/held-out-records.js'
import type { ExtendResult } from '../../workflow/extend.js'
import type { LessonWarning } from './words/warning.js'

/** Most pairs of classes, and most pictures of a pair, that are listed. */
const maxConfusions = 20
const maxImages = 12

/** Pictures of a class that are taken for another one, by classifiers that were not trained on them. */
export interface Confusion {
  readonly label: string
  readonly predicted: string
  readonly count: number
  /** Those of the lesson among them, the surest first; of all others only features are kept. */
  readonly images: readonly string[]
}

/** What came of a lesson. */
export interface LessonResult extends Pick<
  ExtendResult,
  'revision' | 'increment' | 'classes' | 'heldOut' | 'grown' | 'nearDuplicates'
> {
  readonly images: Omit<ExtendResult['images'], 'passedOver'>
  readonly warnings: readonly LessonWarning[]
  readonly confusions: readonly Confusion[]
}

/** @param idOf the id of the picture at a path */
export function lessonResult(
  extended: ExtendResult,
  warnings: readonly LessonWarning[],
  idOf: (path: string) => string | undefined,
): LessonResult {
  const { revision, increment, classes, heldOut, grown, nearDuplicates } = extended
  const { passedOver: _, ...images } = extended.images
  const labels = new Set([...increment.labels, ...grown.map(({ label }) => label)])
  const confusions = confusionsOf(extended.records, labels, idOf)
  return { revision, increment, classes, heldOut, grown, nearDuplicates, images, warnings, confusions }
}

/** The pairs that a class of the lesson has to do with, the commonest first. */
function confusionsOf(
  records: readonly HeldOutImageRecord[],
  labels: ReadonlySet<string>,
  idOf: (path: string) => string | undefined,
): Confusion[] {
  const pairs = new Map<string, HeldOutImageRecord[]>()
  for (const record of records) {
    if (record.error === null) continue
    const pair = [record.truth.label, record.answers[0]!.label]
    if (!pair.some((label) => labels.has(label))) continue
    const key = JSON.stringify(pair)
    pairs.set(key, [...(pairs.get(key) ?? []), record])
  }
  return [...pairs.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, maxConfusions)
    .map((wrong) => {
      const surest = [...wrong].sort((a, b) => b.answers[0]!.probability - a.answers[0]!.probability)
      const images = surest.flatMap(({ file }) => (file === null ? [] : [idOf(file) ?? []].flat()))
      const { truth, answers } = wrong[0]!
      return {
        label: truth.label,
        predicted: answers[0]!.label,
        count: wrong.length,
        images: images.slice(0, maxImages),
      }
    })
}
