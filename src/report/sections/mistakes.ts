import { count } from '../../core/numbers.js'
import { isBaseRight, type ImageRecord } from '../../evaluation/evaluation-record.js'
import { html, type Content, type Markup } from '../html.js'
import { photosButton, photoStrip, showOthers, unseenNote } from '../photo-strip.js'
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
export function mistakesSection({ lost, wrongBefore, ofNew, moved, amongOld }: Mistakes, page: RecordPage): Markup {
  if ([lost, wrongBefore, ofNew, moved, amongOld].every(({ length }) => length === 0))
    return html`<p>There are none.</p>`
  return html`<p>
      Under each photograph stands how probable the classifier held its wrong answer. A high number means that it was
      sure; then look first whether the photograph lies in the right folder.
    </p>
    ${part('Photographs of new classes', 'What belongs to a new class and got another answer.', ofNew, most, page)}
    ${part('Old photographs that a new class takes from the right answer', costOf(page), lost, most, page)}
    ${
      moved.length > 0 &&
      part(
        'Old photographs that now get another old class',
        `${page.before} has these right, so they are a part of what adding classes costs.`,
        moved,
        most,
        page,
      )
    }
    ${
      wrongBefore.length > 0 &&
      part(
        'Old photographs that a new class takes from a wrong answer',
        `${page.before} has these wrong as well, so they cost nothing.`,
        wrongBefore,
        most,
        page,
      )
    }
    ${
      amongOld.length > 0 &&
      html`<details>
        <summary>${amongOldTitle(total(amongOld), page.before)}</summary>
        ${groups(amongOld, mostAmongOld, page)}
      </details>`
    }`
}

/** How the right answers to old images before and after come to differ; the numbers add up. */
function costOf({ records, isNew, before }: RecordPage): string {
  const old = records.filter(({ truth }) => !isNew(truth))
  const rightBefore = old.filter(isBaseRight)
  const taken = rightBefore.filter(({ error }) => error === 'leak').length
  const elsewhere = rightBefore.filter(({ error }) => error === 'among-old').length
  const gained = old.filter((record) => record.error === null && !isBaseRight(record)).length
  const now = rightBefore.length - taken - elsewhere + gained
  const changes = [
    `less ${taken} that a new class takes`,
    ...(elsewhere > 0 ? [`less ${elsewhere} that ${elsewhere === 1 ? 'gets' : 'get'} another old class`] : []),
    ...(gained > 0 ? [`and ${gained} more that it has wrong`] : []),
  ]
  return `This is what adding classes costs. ${before} by itself has ${rightBefore.length} of ${old.length} right: ${changes.join(', ')}, ${now} ${now === 1 ? 'is' : 'are'} right now.`
}

function amongOldTitle(mistakes: number, before: string): string {
  return `Mistakes among the old classes: ${mistakes}. ${before} makes ${mistakes === 1 ? 'it' : 'them'} by itself.`
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
  const photos = page.photosOf(rest)
  return html`<div class="groups">${all.slice(0, limit).map((group) => groupOf(group, page))}</div>
    ${
      rest.length > 0 &&
      html`<p>
        ${photosButton(photos.length > 0 ? showOthers(rest.length) : `and ${count(rest.length, 'other')}`, photos, 'Other mistakes')}
        ${unseenNote(rest.length, photos.length)}
      </p>`
    }`
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
