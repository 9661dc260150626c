import type { Changes } from '../../bundle/changes.js'
import type { ClassChange } from '../../bundle/held-out-changes.js'
import { html, type Markup } from '../html.js'
import { bar, signed, table } from '../table.js'

/** Which classes came, went or changed, and the held-out figures of those that both classifiers have. */
export function classChangesSection(changes: Changes, perClass: readonly ClassChange[]): Markup {
  const { added, removed, grown, shrunk, renamed } = changes
  const rows = [
    ...added.map(({ label, images }) => ({ label, what: 'only there now', before: null, images })),
    ...removed.map(({ label, images }) => ({ label, what: 'only there before', before: images, images: null })),
    ...grown.map((one) => ({ ...one, what: 'more photographs' })),
    ...shrunk.map((one) => ({ ...one, what: 'fewer photographs' })),
    ...renamed.map(({ from, to }) => ({ label: to, what: `was called ${from}`, before: null, images: null })),
  ]
  return html`${
    rows.length === 0
      ? html`<p>Both have the same classes, trained on the same photographs.</p>`
      : table(
          'Classes that differ; photographs are those that they were trained on',
          [
            { title: 'Class', value: ({ label }) => label },
            { title: 'What differs', value: ({ what }) => what },
            { title: 'Photographs before', value: ({ before }) => before },
            { title: 'Now', value: ({ images }) => images },
          ],
          rows,
          true,
        )
  }
  ${
    perClass.length > 0 &&
    table(
      'Right answers to photographs held out from training; a click on a title sorts',
      [
        { title: 'Class', value: ({ label }) => label },
        { title: 'Before', value: ({ before }) => before.top1, show: ({ before }) => bar(before.top1) },
        { title: 'Now', value: ({ after }) => after.top1, show: ({ after }) => bar(after.top1) },
        {
          title: 'Difference in points',
          value: ({ before, after }) => 100 * (after.top1 - before.top1),
          show: ({ before, after }) => signed(after.top1 - before.top1),
        },
      ],
      perClass,
      true,
    )
  }`
}
