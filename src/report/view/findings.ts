import { count } from '../../core/numbers.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { answerOf, countByClass, pairOf, groupBy, placesOf, type IsNew } from './record.js'

/** A sentence on some mistakes, and the places of their records. */
export interface Finding {
  readonly text: string
  readonly places: readonly number[]
}

/** Probability from which a wrong answer is a sure one. */
const sure = 0.9

/**
 * The sentences that explain the most mistakes: one after the other, the one with the most mistakes not yet spoken of.
 * Mistakes that new classes take part in count before those among old classes, which are made without them as well.
 */
export function findings(records: readonly ImageRecord[], isNew: IsNew, most = 3): Finding[] {
  const left = new Set(placesOf(records, ({ error }) => error !== null))
  const candidates = candidatesOf(records, isNew)
  const chosen: Finding[] = []
  while (chosen.length < most) {
    // What is taken for what says more than how surely: that comes last.
    const open = chosen.length < most - 1 ? candidates.slice(0, -1) : candidates
    const gains = open.map(({ places }) => gainOf(records, places, left))
    const best = gains.indexOf(Math.max(...gains))
    if (best < 0 || gains[best] === 0) break
    chosen.push(candidates[best]!)
    for (const place of candidates[best]!.places) left.delete(place)
  }
  return chosen
}

function gainOf(records: readonly ImageRecord[], places: readonly number[], left: ReadonlySet<number>): number {
  const fresh = places.filter((place) => left.has(place))
  const amongOld = fresh.filter((place) => records[place]!.error === 'among-old').length
  return (fresh.length - amongOld) * records.length + amongOld
}

function candidatesOf(records: readonly ImageRecord[], isNew: IsNew): Finding[] {
  const wrong = placesOf(records, ({ error }) => error !== null)
  const countOf = countByClass(records)
  const pairs = [...groupBy(records, wrong, pairOf).values()]
  const leaks = groupBy(
    records,
    wrong.filter((place) => records[place]!.error === 'leak'),
    (record) => answerOf(record).index,
  )
  const misses = groupBy(
    records,
    wrong.filter((place) => records[place]!.error === 'miss'),
    ({ truth }) => truth.index,
  )
  const old = records.filter(({ truth }) => !isNew(truth)).length
  const surelyWrong = wrong.filter((place) => answerOf(records[place]!).probability >= sure)
  return [
    ...pairs.map((places): Finding => {
      const record = records[places[0]!]!
      const of = count(countOf.get(record.truth.index)!, 'photograph')
      return {
        text: `“${record.truth.label}” is taken for “${answerOf(record).label}”: ${places.length} of ${of}`,
        places,
      }
    }),
    ...[...leaks.values()].map((places) => ({
      text: `Old classes are taken for the new class “${answerOf(records[places[0]!]!).label}”: ${places.length} of ${count(old, 'photograph')}`,
      places,
    })),
    ...[...misses.values()].map((places) => {
      const { truth } = records[places[0]!]!
      return {
        text: `“${truth.label}” is taken for one of the old classes: ${places.length} of ${count(countOf.get(truth.index)!, 'photograph')}`,
        places,
      }
    }),
    {
      text: `Wrong although the classifier was at least 90 % sure: ${count(surelyWrong.length, 'photograph')}; look whether they lie in the right folder`,
      places: surelyWrong,
    },
  ]
}
