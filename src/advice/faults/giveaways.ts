import { medianOf } from '../../math/median.js'
import type { Look } from '../../image/look.js'
import type { Giveaway, GiveawayAttribute } from '../findings.js'
import { byColumn, countsOf } from '../grouping.js'
import type { LabelledFile } from '../data-set/picture-table.js'

/** From how sharply an attribute tells a class from the others on it is listed. */
const minScore = 0.8
/** Fewer images, of a class or of the others, tell nothing. */
export const minImages = 8
/** A picture of less colour is grey. */
const maxGrey = 2

const measures: Partial<Record<GiveawayAttribute, (look: Look) => number | undefined>> = {
  brightness: ({ brightness }) => brightness,
  contrast: ({ contrast }) => contrast,
  colourfulness: ({ colourfulness }) => colourfulness,
  pixels: ({ width, height }) => width * height,
  aspect: ({ width, height }) => width / height,
  'jpeg-quality': ({ jpegQuality }) => jpegQuality,
}

const names: Partial<Record<GiveawayAttribute, (look: Look) => string | undefined>> = {
  format: ({ format }) => format,
  camera: ({ camera }) => camera,
  grey: ({ colourfulness }) => (colourfulness < maxGrey ? 'grey' : 'coloured'),
}

/**
 * Finds attributes of the files that tell a class from the others: a classifier may learn these in place of the class.
 *
 * A number scores |2 AUROC − 1|, the AUROC being the probability that an image of the class has more of it than one of
 * the others; a name scores the difference of its shares.
 *
 * @param looks [images] `undefined` for an image that could not be looked at
 * @param columnNames names of the columns
 */
export function findGiveaways(
  images: readonly LabelledFile[],
  looks: readonly (Look | undefined)[],
  columnNames: readonly string[],
): Giveaway[] {
  const seen = images.flatMap(({ column }, i) => (looks[i] === undefined ? [] : [{ column, look: looks[i] }]))
  const count = columnNames.length
  const scored = [
    ...entriesOf(measures).map(([attribute, of]) => {
      const values = seen.flatMap(({ column, look }) => valued(column, of(look)))
      return { attribute, found: numberGiveaways(values, count) }
    }),
    ...entriesOf(names).map(([attribute, of]) => {
      const values = seen.flatMap(({ column, look }) => valued(column, of(look) ?? 'unknown'))
      return { attribute, found: nameGiveaways(values, count) }
    }),
  ]
  return columnNames
    .flatMap((label, column) =>
      scored.flatMap(({ attribute, found }) => found[column]!.map((one): Giveaway => ({ label, attribute, ...one }))),
    )
    .sort((a, b) => b.score - a.score)
}

type Found = Omit<Giveaway, 'label' | 'attribute'>

/** What an attribute is for an image of a column. */
interface Valued<Value> {
  readonly column: number
  readonly value: Value
}

function valued<Value>(column: number, value: Value | undefined): Valued<Value>[] {
  return value === undefined ? [] : [{ column, value }]
}

function entriesOf<Of>(attributes: Partial<Record<GiveawayAttribute, Of>>): [GiveawayAttribute, Of][] {
  return Object.entries(attributes) as [GiveawayAttribute, Of][]
}

/**
 * Whether a number tells each class from the others. All images are ranked once, and a class's AUROC is had from the
 * sum of its ranks (Mann and Whitney, 1947).
 *
 * @returns [columns] one or none
 */
function numberGiveaways(all: readonly Valued<number>[], columns: number): Found[][] {
  const sums = rankSums(all, columns)
  return byColumn(all, columns, ({ column }) => column).map((own, column): Found[] => {
    const others = all.length - own.length
    if (Math.min(own.length, others) < minImages) return []
    const won = sums[column]! - (own.length * (own.length + 1)) / 2
    const score = Math.abs(2 * (won / (own.length * others)) - 1)
    if (score < minScore) return []
    const rest = all.filter((one) => one.column !== column)
    return [{ score, value: medianOf(own.map(valueOf)), others: medianOf(rest.map(valueOf)) }]
  })
}

/** [columns] the sum of the ranks of a class's images among all, from 1 for the least; equal ones share theirs. */
function rankSums(all: readonly Valued<number>[], columns: number): Float64Array {
  const ascending = [...all].sort((a, b) => a.value - b.value)
  const sums = new Float64Array(columns)
  for (let start = 0, end = 1; start < ascending.length; start = end++) {
    while (end < ascending.length && ascending[end]!.value === ascending[start]!.value) end++
    for (let i = start; i < end; i++) sums[ascending[i]!.column]! += (start + 1 + end) / 2
  }
  return sums
}

/** Whether a name tells each class from the others. @returns [columns] one or none */
function nameGiveaways(all: readonly Valued<string>[], columns: number): Found[][] {
  const counts = countsOf(all.map(valueOf))
  return byColumn(all, columns, ({ column }) => column).map((own): Found[] => {
    const rest = all.length - own.length
    if (Math.min(own.length, rest) < minImages) return []
    const ofOwn = countsOf(own.map(valueOf))
    const elsewhere = [...counts].map(([value, count]) => ({ value, count: count - (ofOwn.get(value) ?? 0) }))
    const scored = elsewhere.map(({ value, count }) => {
      const shares = [(ofOwn.get(value) ?? 0) / own.length, count / rest] as const
      return { value, shares, score: shares[0] - shares[1] }
    })
    const best = scored.reduce((a, b) => (b.score > a.score ? b : a))
    if (best.score < minScore) return []
    const others = elsewhere.filter(({ value }) => value !== best.value)
    const commonest = others.reduce((a, b) => (b.count > a.count ? b : a))
    return [{ ...best, others: commonest.value }]
  })
}

function valueOf<Value>({ value }: Valued<Value>): Value {
  return value
}
