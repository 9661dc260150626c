import { html, type Content, type Markup } from '../html.js'
import { photoStrip } from '../photo-strip.js'
import { percent } from '../table.js'
import { photographsOf, typicalOf, type AdvicePage } from './context.js'

/** Photographs of a list that are seen at once. */
const shown = 24
/** Those that are shown where none stands out. */
const few = 8

/** Photographs that are probably in the wrong folder, the likeliest first, with what they look like. */
export function wrongFolderSection(page: AdvicePage): Markup {
  const { mislabelled } = page.advice
  const note = ({ label, suggested, score }: (typeof mislabelled)[number]) =>
    `in ${label}, looks like ${suggested} (${percent(score)})`
  return html`<p>
      Each photograph was judged by a classifier that had not seen it. Under it stands the folder that it lies in, the
      class that it fits better, and how probably it is not of its folder's class. Look at each: the classifier may be
      the one that is wrong.
    </p>
    ${list(page, mislabelled, note, 'Probably in the wrong folder', 'No photograph stands out.')} ${typical(page)}`
}

/** Photographs that are unlike the others of their class. */
export function outlierSection(page: AdvicePage): Markup {
  const { outliers } = page.advice
  const note = ({ label, score }: (typeof outliers)[number]) => `in ${label} (${percent(score)})`
  return html`<p>
      What is least explained by the other photographs of its class: something else, a drawing, a diagram, a rare view.
      A rare view of the class is worth keeping; what does not show the class is not.
    </p>
    ${list(page, outliers, note, 'Unlike their class', 'No photograph stands out.')}`
}

function list<Item extends { readonly file: string; readonly likely: boolean }>(
  { noted, photographs }: AdvicePage,
  ranked: readonly Item[],
  noteOf: (item: Item) => string,
  title: string,
  none: string,
): Content {
  const likely = ranked.filter((item) => item.likely)
  if (likely.length > 0)
    return html`<h3>${photographsOf(likely.length)}</h3>
      ${photoStrip(noted(likely, noteOf), title, photographs, shown)}`
  return html`<p>${none} ${ranked.length > 0 && 'The first of the ranking, should you want to look:'}</p>
    ${ranked.length > 0 && photoStrip(noted(ranked.slice(0, few), noteOf), title, photographs, shown)}`
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
