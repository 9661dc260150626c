import { relative } from 'node:path'
import type { Advice } from '../../advice/advice.js'
import type { RankedOutlier } from '../../advice/findings.js'
import type { DrawChart } from '../chart.js'
import { Photographs } from '../photographs.js'
import type { ShownPhoto } from '../photo-strip.js'
import { percent } from '../table.js'

/** What every section of a report on advice needs. */
export interface AdvicePage {
  readonly advice: Advice
  readonly photographs: Photographs
  readonly draw: DrawChart
  /** A file's name as the page shows it: within the folder of it. */
  nameOf(file: string): string
  /** The number of a file's photograph. */
  photoOf(file: string): number
  /** Photographs with notes under them. */
  noted<Item extends { readonly file: string }>(items: readonly Item[], noteOf: (item: Item) => string): ShownPhoto[]
}

/** @param test the folder of the test images */
export function advicePage(advice: Advice, test: string | undefined, draw: DrawChart): AdvicePage {
  const photographs = new Photographs()
  const suspects = new Map(advice.mislabelled.filter(({ likely }) => likely).map((one) => [one.file, one]))
  const nameOf = (file: string) => {
    const inside = relative(advice.folder, file)
    if (!inside.startsWith('..')) return inside
    const amongTest = test === undefined ? '..' : relative(test, file)
    return amongTest.startsWith('..') ? file : `test: ${amongTest}`
  }
  const photoOf = (file: string) => {
    const suspect = suspects.get(file)
    const fits = suspect && `, looks rather like ${suspect.suggested} (${percent(suspect.score)})`
    return photographs.add(file, `${nameOf(file)}${fits ?? ''}`)
  }
  return {
    advice,
    photographs,
    draw,
    nameOf,
    photoOf,
    noted: (items, noteOf) => items.map((item) => ({ photo: photoOf(item.file), note: noteOf(item) })),
  }
}

/** `1 photograph`, `3 photographs`. */
export function photographsOf(count: number): string {
  return count === 1 ? '1 photograph' : `${count} photographs`
}

/** A difference of shares in percentage points: `+2.1`. */
export function signed(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`
}

/** Classes of which a typical photograph is shown. */
const mostTypical = 24

/** One image of each class, the one most like the others of it; of many classes, the first ones. */
export function typicalOf({ outliers, classes }: Advice): RankedOutlier[] {
  const last = new Map(outliers.map((one) => [one.label, one]))
  return classes.flatMap(({ label }) => last.get(label) ?? []).slice(0, mostTypical)
}
