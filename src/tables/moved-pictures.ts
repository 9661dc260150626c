import type { IncrementFeatures } from '../bundle/parts.js'
import type { FeatureTable } from '../features/table.js'
import { quotedNames } from '../core/quoted-names.js'
import type { Warn } from '../core/progress.js'
import { withoutImages } from './column-table.js'
import { digestOf } from './known-pictures.js'

/** Pictures that lie in another class now than when they were added. */
export interface MovedPictures {
  /** The increments without them. */
  readonly kept: readonly IncrementFeatures[]
  /** The class that each was in. */
  readonly from: readonly string[]
  /** The frozen class of each that cannot be taken out, as its head was trained with it. */
  readonly stuck: readonly string[]
}

/**
 * Takes pictures out of what was kept of earlier increments that a folder holds in another one of its classes: what the
 * folder says is newer. A class that the folder does not have keeps its pictures, whatever they are called there.
 *
 * @param frozen number of increments, the first ones, that stay as they are
 */
export function withoutMoved(
  kept: readonly IncrementFeatures[],
  { increment: { classes }, table }: IncrementFeatures,
  frozen: number,
): MovedPictures {
  const labels = new Set(classes.map(({ label }) => label))
  const mayBeMoved = kept.some(({ increment }) => increment.classes.some(({ label }) => labels.has(label)))
  if (!mayBeMoved) return { kept, from: [], stuck: [] }
  const nowIn = new Map<string, string>()
  table.label.forEach((place, row) => nowIn.set(digestOf(table.features, row), classes[place]!.label))
  const from: string[] = []
  const stuck: string[] = []
  const left = kept.flatMap((one, i) => {
    const moved = imagesWhere(one.table, (row) => {
      const { label } = one.increment.classes[one.table.label[row]!]!
      if (!labels.has(label)) return false
      const now = nowIn.get(digestOf(one.table.features, row))
      return now !== undefined && now !== label
    })
    if (moved.size === 0) return [one]
    const origins = [...moved.values()].map((place) => one.increment.classes[place]!.label)
    if (i < frozen) {
      stuck.push(...origins)
      return [one]
    }
    from.push(...origins)
    return withoutImages(one, (image) => moved.has(image))
  })
  return { kept: left, from, stuck }
}

/** Warns of pictures that changed their class, or should have. */
export function warnOfMoved({ from, stuck }: Pick<MovedPictures, 'from' | 'stuck'>, warn: Warn): void {
  if (from.length > 0) {
    const moved = from.length === 1 ? 'was moved' : 'were moved'
    warn('MOVED', `${nowElsewhere(from)} and ${moved} there.`)
  }
  if (stuck.length > 0) {
    const count = stuck.length === 1 ? 'counts' : 'count'
    warn('CONTRADICTION', `${nowElsewhere(stuck)} and ${count} for both, as what was added earlier is frozen.`)
  }
}

/** `2 pictures of "tulips" and "roses" lie in other classes now`. */
function nowElsewhere(labels: readonly string[]): string {
  const names = quotedNames([...new Set(labels)], 'and')
  if (labels.length === 1) return `A picture of ${names} lies in another class now`
  return `${labels.length} pictures of ${names} lie in other classes now`
}

/** The class, by its place in the increment, of each image that has such a row. */
function imagesWhere(table: FeatureTable, isWanted: (row: number) => boolean): ReadonlyMap<number, number> {
  const rows = Array.from(table.image.keys()).filter(isWanted)
  return new Map(rows.map((row) => [table.image[row]!, table.label[row]!]))
}
