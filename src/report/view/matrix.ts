import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { answerOf, type IsNew } from './record.js'

export interface MatrixClass {
  readonly label: string
  readonly isNew: boolean
}

/** Truth against answer: of new classes, of old ones that mistakes tie them to, and of all other old ones as one. */
export interface Matrix {
  /** Classes by row. */
  readonly classes: readonly MatrixClass[]
  /**
   * Answers by column: first those of the rows, so that what is right is on the diagonal and nothing else is; then, for
   * classes shown as one, that an image is taken for another one of them.
   */
  readonly answers: readonly string[]
  /** [truth][answer] places of the records. */
  readonly cells: readonly (readonly (readonly number[])[])[]
}

/** Classes shown by name, those with the most mistakes first to be kept. */
const mostNew = 40
const mostOld = 12
const others: MatrixClass = { label: 'all other old classes', isNew: false }
const otherNew: MatrixClass = { label: 'all other new classes', isNew: true }

export function matrix(records: readonly ImageRecord[], isNew: IsNew): Matrix {
  const named = new Map<number, { label: string; isNew: boolean; mistakes: number }>()
  for (const record of records) {
    for (const one of [record.truth, answerOf(record)]) {
      const entry = named.get(one.index) ?? { label: one.label, isNew: isNew(one), mistakes: 0 }
      if (record.error !== null && record.error !== 'among-old') entry.mistakes++
      named.set(one.index, entry)
    }
  }
  const by = [...named].sort(([a, one], [b, other]) => other.mistakes - one.mistakes || a - b)
  const added = by.filter(([, entry]) => entry.isNew).slice(0, mostNew)
  const old = by.filter(([, entry]) => !entry.isNew && entry.mistakes > 0).slice(0, mostOld)
  const placed = [...added.sort(([a], [b]) => a - b), ...old.sort(([a], [b]) => a - b)]
  const placeOf = new Map(placed.map(([index], place) => [index, place]))

  const classes: MatrixClass[] = placed.map(([, { label, isNew }]) => ({ label, isNew }))
  const rest = (isOneNew: boolean) => {
    const entry = isOneNew ? otherNew : others
    if (!classes.includes(entry)) classes.push(entry)
    return classes.indexOf(entry)
  }
  const pairs = records.map((record) =>
    [record.truth, answerOf(record)].map((one) => placeOf.get(one.index) ?? rest(isNew(one))),
  )
  const isMixedUp = ([truth, answer]: readonly number[], place: number) =>
    truth === answer && records[place]!.error !== null
  const mixedUp = classes.flatMap((_, i) => (pairs.some((pair, at) => pair[0] === i && isMixedUp(pair, at)) ? [i] : []))
  const answers = [
    ...classes.map(({ label }) => label),
    ...mixedUp.map((i) => `another of the other ${classes[i]!.isNew ? 'new' : 'old'} classes`),
  ]
  const cells = classes.map(() => answers.map((): number[] => []))
  pairs.forEach((pair, place) => {
    const [truth, answer] = pair as [number, number]
    const column = isMixedUp(pair, place) ? classes.length + mixedUp.indexOf(truth) : answer
    cells[truth]![column]!.push(place)
  })
  return { classes, answers, cells }
}
