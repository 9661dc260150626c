import type { TwoAnswers } from '../../evaluation/answer-changes.js'
import { html, type Markup } from '../html.js'
import { photosButton, photoStrip, showOthers } from '../photo-strip.js'
import type { Photographs } from '../photographs.js'
import { percent } from '../table.js'

/** Groups shown with their photographs; others are behind a button. */
const most = 12

/**
 * Photographs with another answer, in groups of the same folder and the same two answers, the largest first.
 *
 * @param captionOf one line of plain text
 */
export function changedAnswersSection(
  explanation: string,
  images: readonly TwoAnswers[],
  photographs: Photographs,
  captionOf: (image: TwoAnswers) => string,
): Markup {
  if (images.length === 0) return html`<p>There are none.</p>`
  const photo = (image: TwoAnswers) => photographs.add(image.file, captionOf(image))
  const groups = groupsOf(images)
  const rest = groups.slice(most).flat()
  const shown = groups.slice(0, most).map((group) => {
    const { folder, before, after } = group[0]!
    const photos = group.map((image) => ({ photo: photo(image), note: percent(image.after.probability) }))
    return html`<div class="${group.length > 2 ? 'large' : 'small'}">
      <h3><b>${folder}</b>: ${before.label}, now <b>${after.label}</b>: ${group.length}</h3>
      ${photoStrip(photos, `${folder}: ${before.label}, now ${after.label}`, photographs)}
    </div> `
  })
  return html`<p>${explanation} Under each photograph stands how probable its new answer is held.</p>
    <div class="groups">${shown}</div>
    ${rest.length > 0 && html`<p>${photosButton(showOthers(rest.length), rest.map(photo), 'More of the same')}</p>`}`
}

function groupsOf(images: readonly TwoAnswers[]): TwoAnswers[][] {
  const groups = new Map<string, TwoAnswers[]>()
  for (const image of images) {
    const key = JSON.stringify([image.folder, image.before.label, image.after.label])
    const group = groups.get(key)
    if (group) group.push(image)
    else groups.set(key, [image])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}
