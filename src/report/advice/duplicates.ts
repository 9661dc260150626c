import type { Duplicates } from '../../advice/findings.js'
import { html, type Markup } from '../html.js'
import { photosButton, photoStrip, showOthers } from '../photo-strip.js'
import type { AdvicePage } from './context.js'

/** Groups that are shown; others are behind a button. */
const most = 24

/** The same picture several times, side by side. */
export function duplicatesSection({ advice, photographs, photoOf, nameOf }: AdvicePage): Markup {
  const { duplicates } = advice
  if (duplicates.length === 0) return html`<p>No picture is there twice.</p>`
  const groups = duplicates.slice(0, most).map((group) => {
    const title = titleOf(group)
    const photos = group.files.map((file) => ({ photo: photoOf(file), note: nameOf(file) }))
    return html`<div class="${photos.length > 2 ? 'large' : 'small'}">
      <h3>${title}</h3>
      ${photoStrip(photos, title, photographs)}
    </div> `
  })
  const rest = duplicates.slice(most).flatMap(({ files }) => files.map(photoOf))
  return html`<p>
      A picture in two classes cannot be right in both. One that is among the training and the test photographs makes
      the test look better than it is. Copies within a class do no harm: they count as one.
    </p>
    <div class="groups">${groups}</div>
    ${rest.length > 0 && html`<p>${photosButton(showOthers(duplicates.length - most, 'group'), rest, 'More copies')}</p>`}`
}

function titleOf({ kind, labels, test, files }: Duplicates): string {
  const what = kind === 'exact' ? 'Equal files' : 'Alike'
  const classes = labels.join(' and ')
  if (test === files.length) return `${what} among the test photographs${classes && ` of ${classes}`}`
  return `${what} in ${classes}${test > 0 ? ', in training and test photographs' : ''}`
}
