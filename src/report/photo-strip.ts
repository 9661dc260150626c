import { count } from '../core/numbers.js'
import { html, type Content, type Markup } from './html.js'
import type { Photographs } from './photographs.js'

/** A photograph to show, by its number in the page's `Photographs`, and what to write under it. */
export interface ShownPhoto {
  readonly photo: number
  readonly note?: string
}

/** Photographs shown at once, unless told otherwise; the others are behind a button. */
const usual = 8

/**
 * A row of photographs, each with a note under it; a click shows it with its caption, and a button all of them.
 *
 * @param title of all of them, for the window that shows them
 * @param shown photographs that are seen at once
 */
export function photoStrip(
  photos: readonly ShownPhoto[],
  title: string,
  photographs: Photographs,
  shown = usual,
): Markup {
  const items = photos.slice(0, shown).map(
    ({ photo, note }) =>
      html`<li>
        <button type="button" class="photo" ${photosAttribute([photo], photographs.caption(photo))}>
          ${photoImage(photo, photographs)}<span>${note ?? ''}</span>
        </button>
      </li> `,
  )
  const rest = photos.length - shown
  const all = photos.map(({ photo }) => photo)
  const more = rest > 0 && html`<li>${photosButton(`and ${rest} more`, all, title)}</li>`
  return html`<ul class="strip">
    ${items}${more}
  </ul>`
}

/** A button that shows photographs; its text alone where there are none to show. */
export function photosButton(text: Content, photos: readonly number[], title: string): Markup {
  if (photos.length === 0) return html`${text}`
  return html`<button type="button" class="link" ${photosAttribute(photos, title)}>${text}</button>`
}

/** The text of a button for photographs that a sentence is about. */
export function hereTheyAre(photographs: number): string {
  return photographs === 1 ? 'Here it is' : 'Here they are'
}

/** The text of a button for what there was no room for: `Show the other one`, `Show the other 3 groups`. */
export function showOthers(number: number, noun?: string): string {
  if (noun === undefined) return `Show the other ${number === 1 ? 'one' : number}`
  return `Show the other ${number === 1 ? noun : count(number, noun)}`
}

/**
 * Says of how many images there are no photographs, if of any.
 *
 * @param shown how many of them are shown
 */
export function unseenNote(images: number, shown: number): Content {
  const unseen = images - shown
  if (unseen === 0) return ''
  const text =
    shown > 0 ? `of ${unseen}, only features are kept` : `only features are kept of ${unseen === 1 ? 'it' : 'them'}`
  return html`<span class="faint">(${text})</span>`
}

/** Attributes of whatever shows photographs: some when pointed at, all with their captions when chosen. */
export function photosAttribute(photos: readonly number[], title: string): Markup {
  return html`data-photos="${photos.join(' ')}" data-title="${title}"`
}

/** A picture's place; the page's script puts the picture there. */
function photoImage(photo: number, photographs: Photographs): Markup {
  return html`<img data-photo="${photo}" alt="${photographs.caption(photo)}" width="96" height="96" />`
}
