import { baseIncrement, type Label } from '../../bundle/manifest.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import type { Prediction } from '../../classifier/prediction.js'

export function answerOf({ answers }: ImageRecord): Prediction {
  return answers[0]!
}

/** Whether a class is an added one; a merged class counts as old. */
export function isNew({ increment }: Pick<Label, 'increment'>): boolean {
  return increment !== baseIncrement
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
