import { relative } from 'node:path'
import type { Advice } from '../../advice/advice.js'
import { fewestToJudge } from '../../advice/data-set/class-counts.js'
import type { RankedOutlier } from '../../advice/findings.js'
import { count } from '../../core/numbers.js'
import type { DrawChart } from '../chart.js'
import { html, type Content } from '../html.js'
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

/** Stands where no photograph could be asked about. */
export const noneJudged = html`<p class="note">
  No photograph could be judged: that takes two classes, and ${fewestToJudge} different photographs of one.
</p>`

/**
 * Says how many classes could not be judged, if any.
 *
 * @param fewest photographs of a class that could be
 */
export function unjudgedNote(judged: number, classes: number, fewest: number): Content {
  const left = classes - judged
  if (left === 0) return ''
  const [have, were] = left === 1 ? ['has', 'was'] : ['have', 'were']
  return html`<p class="note">
    ${left} of ${count(classes, 'class')} ${have} fewer than ${fewest} different photographs, and ${were} not judged.
  </p>`
}

/** Classes of which a typical photograph is shown. */
const mostTypical = 24

/** One image of each class, the one most like the others of it; of many classes, the first ones. */
export function typicalOf({ outliers, classes }: Advice): RankedOutlier[] {
  const last = new Map(outliers.map((one) => [one.label, one]))
  return classes.flatMap(({ label }) => last.get(label) ?? []).slice(0, mostTypical)
}
