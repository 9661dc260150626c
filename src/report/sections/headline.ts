import { html, type Markup } from '../html.js'
import { hereTheyAre, photosButton, unseenNote } from '../photo-strip.js'
import { percent } from '../table.js'
import type { Finding } from '../view/findings.js'
import type { Headline, Hits } from '../view/headlines.js'
import type { RecordPage } from './context.js'

const names: Readonly<Record<Headline['of'], string>> = {
  all: 'All photographs',
  new: 'New classes',
  old: 'Old classes',
}

/** The large figures and the most useful sentences. */
export function headline(figures: readonly Headline[], findings: readonly Finding[], page: RecordPage): Markup {
  const { photosOf, before } = page
  const cards = figures.map(
    (one) =>
      html`<li>
        ${names[one.of]}<strong>${percent(one.right / one.count)}</strong>
        <p>right: ${one.right} of ${one.count}</p>
        <p class="faint">${interval(one)}</p>
        <p class="faint">${ofBase(one, before)}</p>
        ${one.of !== 'old' && html`<p class="faint">${ofEither(one)}</p>`}
      </li> `,
  )
  const sentences = findings.map(({ text, places }) => {
    const photos = photosOf(places)
    return html`<li>
      ${text}. ${photos.length > 0 && photosButton(hereTheyAre(photos.length), photos, text)}
      ${unseenNote(places.length, photos.length)}
    </li> `
  })
  return html`<ul class="figures">
      ${cards}
    </ul>
    <p>
      A range is where the share would most likely lie for other photographs of the same kind: the fewer photographs,
      the wider it is (95 % Wilson interval).
    </p>
    ${
      sentences.length === 0
        ? html`<p class="note">No photograph is answered wrongly.</p>`
        : html`<h2 class="more">What explains most of the mistakes</h2>
            <ol class="findings">
              ${sentences}
            </ol>`
    }`
}

function ofBase({ of, base, isNameKnown }: Headline, before: string): string {
  if (of === 'new') {
    return isNameKnown
      ? `${before} has no such answers, but a class of the same name as one of them.`
      : `${before} has no such answers.`
  }
  return `${before} by itself: ${base.right} of ${base.count}, ${percent(base.right / base.count)} (${interval(base)}).`
}

/** Of old photographs it is what was right before. */
function ofEither({ either, count }: Headline): string {
  return `Told whether to name an old or a new class, it would be right: ${either} of ${count}, ${percent(either / count)}.`
}

function interval({ low, high }: Hits): string {
  return `range ${percent(low)} to ${percent(high)}`
}
