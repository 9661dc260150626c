import { isBaseRight, type ImageRecord } from '../../evaluation/evaluation-record.js'
import { answerOf, countByClass, groupBy, pairOf, placesOf, type IsNew } from './record.js'

/** Mistakes of one kind: images of a class, or of several, that got the same wrong answer. */
export interface MistakeGroup {
  /** `null` where there are several. */
  readonly truth: string | null
  readonly answer: string
  /** Number of all images of the class that they show; of all old images where these are several. */
  readonly of: number
  /** Places of the records, the surest answer first. */
  readonly places: readonly number[]
}

/** All mistakes, in each list the commonest first. */
export interface Mistakes {
  /** Old images that a new class takes and the base model has right, by that class: the cost of adding classes. */
  readonly lost: readonly MistakeGroup[]
  /** Old images that a new class takes and the base model has wrong as well, by that class. */
  readonly wrongBefore: readonly MistakeGroup[]
  /** Images of new classes, by class and answer. */
  readonly ofNew: readonly MistakeGroup[]
  /** Old images taken for another old class, which the base model has right, by class and answer. */
  readonly moved: readonly MistakeGroup[]
  /** Old images taken for another old class, which the base model has wrong as well, by class and answer. */
  readonly amongOld: readonly MistakeGroup[]
}

export function mistakes(records: readonly ImageRecord[], isNew: IsNew): Mistakes {
  const old = records.filter(({ truth }) => !isNew(truth)).length
  const countOf = countByClass(records)
  const surest = (a: number, b: number) => answerOf(records[b]!).probability - answerOf(records[a]!).probability
  const grouped = (
    isOne: (record: ImageRecord) => boolean,
    keyOf: (record: ImageRecord) => string,
    describe: (record: ImageRecord) => Pick<MistakeGroup, 'truth' | 'of'>,
  ) =>
    [...groupBy(records, placesOf(records, isOne), keyOf).values()]
      .map((places): MistakeGroup => {
        const first = records[places[0]!]!
        return { ...describe(first), answer: answerOf(first).label, places: places.sort(surest) }
      })
      .sort((a, b) => b.places.length - a.places.length || b.places.length / b.of - a.places.length / a.of)
  const ofClass = ({ truth }: ImageRecord) => ({ truth: truth.label, of: countOf.get(truth.index)! })
  const leaks = (isOne: (record: ImageRecord) => boolean) =>
    grouped(
      (record) => record.error === 'leak' && isOne(record),
      (record) => String(answerOf(record).index),
      () => ({ truth: null, of: old }),
    )
  const amongOld = (isOne: (record: ImageRecord) => boolean) =>
    grouped((record) => record.error === 'among-old' && isOne(record), pairOf, ofClass)
  return {
    lost: leaks((record) => isBaseRight(record)),
    wrongBefore: leaks((record) => !isBaseRight(record)),
    ofNew: grouped(({ error }) => error === 'miss' || error === 'among-new', pairOf, ofClass),
    moved: amongOld((record) => isBaseRight(record)),
    amongOld: amongOld((record) => !isBaseRight(record)),
  }
}
