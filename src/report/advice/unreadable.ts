import { describeKinds } from '../../folders/passed-over.js'
import { html, type Markup } from '../html.js'
import { table } from '../table.js'
import type { AdvicePage } from './context.js'

/** Files that are named. */
const most = 200

/** Files that cannot be read, and those that are no pictures of a class. */
export function unreadableSection({ advice: { unreadable, passedOver }, nameOf }: AdvicePage): Markup {
  const rest = unreadable.length - most
  return html`${
    unreadable.length === 0
      ? html`<p>All pictures could be read.</p>`
      : table(
          'Files that cannot be read',
          [
            { title: 'File', value: ({ file }) => nameOf(file) },
            { title: 'Why', value: ({ reason }) => reason },
          ],
          unreadable.slice(0, most),
        )
  }
  ${rest > 0 && html`<p>And ${rest} more.</p>`}
  ${passedOver.length > 0 && html`<p>Passed over, as no pictures of a class: ${describeKinds(passedOver)}.</p>`}`
}
