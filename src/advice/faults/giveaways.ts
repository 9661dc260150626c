import { auroc } from '../../evaluation/metrics.js'
import { medianOf } from '../../math/median.js'
import type { Look } from '../../image/look.js'
import type { Giveaway, GiveawayAttribute } from '../findings.js'
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
  const all: Giveaway[] = []
  for (const [column, label] of columnNames.entries()) {
    const [own, others] = [seen.filter((one) => one.column === column), seen.filter((one) => one.column !== column)]
    const attributes = Object.entries({ ...measures, ...names }) as [GiveawayAttribute, (look: Look) => unknown][]
    for (const [attribute, of] of attributes) {
      const [a, b] = [own, others].map((part) =>
        part.flatMap(({ look }) => of(look) ?? (attribute in names ? ['unknown'] : [])),
      ) as [(number | string)[], (number | string)[]]
      if (a.length < minImages || b.length < minImages) continue
      const found =
        attribute in names ? nameGiveaway(a as string[], b as string[]) : numberGiveaway(a as number[], b as number[])
      if (found.score >= minScore) all.push({ label, attribute, ...found })
    }
  }
  return all.sort((a, b) => b.score - a.score)
}

type Found = Omit<Giveaway, 'label' | 'attribute'>

function numberGiveaway(own: number[], others: number[]): Found {
  return { score: Math.abs(2 * auroc(own, others) - 1), value: medianOf(own), others: medianOf(others) }
}

function nameGiveaway(own: string[], others: string[]): Found {
  const share = (part: string[], name: string) => part.filter((one) => one === name).length / part.length
  const scored = [...new Set(own)].map((value) => {
    const shares = [share(own, value), share(others, value)] as const
    return { value, shares, score: shares[0] - shares[1] }
  })
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a))
  return { ...best, score: Math.max(0, best.score), others: commonest(others) }
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
}
