import { minPictures } from '../../advice/faults/outliers.js'
import { count } from '../../core/numbers.js'
import { html, type Content, type Markup } from '../html.js'
import { photoStrip } from '../photo-strip.js'
import { percent } from '../table.js'
import { labelsNeed, typicalOf, unjudgedNote, type AdvicePage } from './context.js'

/** Photographs of a list that are seen at once. */
const shown = 24
/** Those that are shown where none stands out. */
const few = 8

/** Photographs that are probably in the wrong folder, the likeliest first, with what they look like. */
export function wrongFolderSection(page: AdvicePage): Markup {
  const { mislabelled, judged, classes } = page.advice
  const unjudged = unjudgedNote(judged.labels, classes.length, labelsNeed)
  if (judged.labels === 0) return unjudged
  const note = ({ label, suggested, score }: (typeof mislabelled)[number]) =>
    `in ${label}, looks like ${suggested} (${percent(score)})`
  return html`<p>
      Each photograph was judged by a classifier that had not seen it. Under it stands the folder that it lies in, the
      class that it fits better, and how probably it is not of its folder's class. Look at each: the classifier may be
      the one that is wrong.
    </p>
    ${unjudged} ${list(page, mislabelled, note, 'Probably in the wrong folder')} ${typical(page)}`
}

/** Photographs that are unlike the others of their class. */
export function outlierSection(page: AdvicePage): Markup {
  const { outliers, judged, classes } = page.advice
  const unjudged = unjudgedNote(judged.outliers, classes.length, `${minPictures} different photographs of a class`)
  if (judged.outliers === 0) return unjudged
  const note = ({ label, score }: (typeof outliers)[number]) => `in ${label} (${percent(score)})`
  return html`<p>
      What is least explained by the other photographs of its class: something else, a drawing, a diagram, a rare view.
      A rare view of the class is worth keeping; what does not show the class is not.
    </p>
    ${unjudged} ${list(page, outliers, note, 'Unlike their class')}`
}

function list<Item extends { readonly file: string; readonly score: number; readonly likely: boolean }>(
  { noted, photographs }: AdvicePage,
  ranked: readonly Item[],
  noteOf: (item: Item) => string,
  title: string,
): Content {
  const likely = ranked.filter((item) => item.likely)
  if (likely.length > 0)
    return html`<h3>${count(likely.length, 'photograph')}</h3>
      ${photoStrip(noted(likely, noteOf), title, photographs, shown)}`
  // Those that were not judged have a score of 0.
  const first = ranked.filter(({ score }) => score > 0).slice(0, few)
  return html`<p>
      No photograph stands out. ${first.length > 0 && 'The first of the ranking, should you want to look:'}
    </p>
    ${first.length > 0 && photoStrip(noted(first, noteOf), title, photographs, shown)}`
}

/** One photograph of each class, to compare with. */
function typical({ advice, noted, photographs }: AdvicePage): Content {
  const items = typicalOf(advice)
  if (items.length < 2) return ''
  const title = 'A typical photograph of each class'
  return html`<h3>${title}, to compare with</h3>
    ${photoStrip(
      noted(items, ({ label }) => label),
      title,
      photographs,
      items.length,
    )}`
}
