import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { html, type Content, type Markup } from '../html.js'
import { photoStrip, photosButton } from '../photo-strip.js'
import { percent } from '../table.js'
import { answerOf } from '../view/record.js'
import type { MistakeGroup, Mistakes } from '../view/mistakes.js'
import type { RecordPage } from './context.js'

/** Groups shown with their photographs; others are behind a button. */
const most = 12
const mostAmongOld = 6
/** Images without a photograph that are named. */
const mostNoted = 12

/** The mistakes, worst first, with their photographs. */
export function mistakesSection({ leaks, ofNew, amongOld }: Mistakes, page: RecordPage): Markup {
  if (leaks.length + ofNew.length + amongOld.length === 0) return html`<p>There are none.</p>`
  return html`<p>
      Under each photograph stands how probable the classifier held its wrong answer. A high number means that it was
      sure; then look first whether the photograph lies in the right folder.
    </p>
    ${part('Photographs of new classes', 'What belongs to an added class and got another answer.', ofNew, most, page)}
    ${part(
      'Old photographs that a new class takes',
      'What the classifier knew before, and now takes for something that was added. This is what adding classes costs.',
      leaks,
      most,
      page,
    )}
    ${
      amongOld.length > 0 &&
      html`<details>
        <summary>Mistakes among the old classes: ${total(amongOld)}. The base model makes them by itself.</summary>
        ${groups(amongOld, mostAmongOld, page)}
      </details>`
    }`
}

function part(
  title: string,
  explanation: string,
  all: readonly MistakeGroup[],
  limit: number,
  page: RecordPage,
): Content {
  if (all.length === 0)
    return html`<h3>${title}</h3>
      <p>No mistakes here.</p>`
  return html`<h3>${title}: ${total(all)}</h3>
    <p>${explanation}</p>
    ${groups(all, limit, page)}`
}

function groups(all: readonly MistakeGroup[], limit: number, page: RecordPage): Markup {
  const rest = all.slice(limit).flatMap(({ places }) => places)
  return html`<div class="groups">${all.slice(0, limit).map((group) => groupOf(group, page))}</div>
    ${rest.length > 0 && html`<p>${photosButton(`Show the other ${rest.length}`, page.photosOf(rest), 'Other mistakes')}</p>`}`
}

function groupOf({ truth, answer, of, places }: MistakeGroup, page: RecordPage): Markup {
  const { notedPhotos, photographs } = page
  const title = `${truth ?? 'old classes'}, taken for ${answer}`
  const note = (record: ImageRecord) =>
    `${truth === null ? `${record.truth.label}, ` : ''}${percent(answerOf(record).probability)}`
  const photos = notedPhotos(places, note)
  const unseen = places.slice(0, mostNoted).map((place) => note(page.records[place]!))
  return html`<div class="${places.length > 2 ? 'large' : 'small'}">
    <h4><b>${truth ?? 'Old classes'}</b>, taken for <b>${answer}</b>: ${places.length} of ${of}</h4>
    ${
      photos.length > 0
        ? photoStrip(photos, title, photographs)
        : html`<p class="faint">${unseen.join('; ')}${places.length > unseen.length && ' …'}</p>`
    }
  </div> `
}

function total(groups: readonly MistakeGroup[]): number {
  return groups.reduce((sum, { places }) => sum + places.length, 0)
}
