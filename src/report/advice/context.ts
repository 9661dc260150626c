import { relative } from 'node:path'
import type { Advice } from '../../advice/advice.js'
import { fewestToJudge } from '../../advice/data-set/class-counts.js'
import type { RankedOutlier } from '../../advice/findings.js'
import { count, were } from '../../core/numbers.js'
import type { DrawChart } from '../chart.js'
import { html, type Markup } from '../html.js'
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

/** What it takes to judge photographs of a class by classifiers that have not seen them. */
export const labelsNeed = `a classifier of several classes, and ${fewestToJudge} different photographs of one to learn from`

/**
 * Says how many classes could not be judged, if any.
 *
 * @param needs what judging one takes
 */
export function unjudgedNote(judged: number, classes: number, needs: string): Markup {
  if (judged === classes) return html``
  const left = classes - judged
  const who =
    judged === 0 ? 'No class could be judged' : `${left} of ${count(classes, 'class')} ${were(left)} not judged`
  return html`<p class="note">${who}: that takes ${needs}.</p>`
}

/** Classes of which a typical photograph is shown. */
const mostTypical = 24

/** One image of each class, the one most like the others of it; of many classes, the first ones. */
export function typicalOf({ outliers, classes }: Advice): RankedOutlier[] {
  const last = new Map(outliers.map((one) => [one.label, one]))
  return classes.flatMap(({ label }) => last.get(label) ?? []).slice(0, mostTypical)
}
