import type { Label } from '../../bundle/manifest.js'
import type { Prediction } from '../../classifier/prediction.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'

/** Whether a class counts as new, as it does in the records' errors: an added one that is not frozen. */
export type IsNew = (one: Pick<Label, 'index' | 'increment'>) => boolean

export function answerOf({ answers }: ImageRecord): Prediction {
  return answers[0]!
}

/** What an image shows and what it is taken for, as a key. */
export function pairOf(record: ImageRecord): string {
  return `${record.truth.index}/${answerOf(record).index}`
}

/** Number of images by the column of the class that they show. */
export function countByClass(records: readonly ImageRecord[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { truth } of records) counts.set(truth.index, (counts.get(truth.index) ?? 0) + 1)
  return counts
}

/** Places of the records for which the predicate holds. */
export function placesOf(records: readonly ImageRecord[], holds: (record: ImageRecord) => boolean): number[] {
  return records.flatMap((record, place) => (holds(record) ? [place] : []))
}

/** Groups places of records by a key, in the order of first mention. */
export function groupBy<Key>(
  records: readonly ImageRecord[],
  places: readonly number[],
  keyOf: (record: ImageRecord) => Key,
): Map<Key, number[]> {
  const groups = new Map<Key, number[]>()
  for (const place of places) {
    const key = keyOf(records[place]!)
    const group = groups.get(key)
    if (group) group.push(place)
    else groups.set(key, [place])
  }
  return groups
}
