import { html, type Markup } from '../html.js'
import { photosButton } from '../photo-strip.js'
import { bar, percent, table, type Column } from '../table.js'
import type { ClassRow } from '../view/classes.js'
import type { RecordPage } from './context.js'

/** Rows beyond which the old classes are folded in. */
const most = 60

/** The figures of every class. */
export function classesSection(rows: readonly ClassRow[], page: RecordPage): Markup {
  const share = (value: (row: ClassRow) => number | null): Pick<Column<ClassRow>, 'value' | 'show'> => ({
    value,
    show: (row) => bar(value(row)),
  })
  const kind: Column<ClassRow> = { title: 'Kind', value: ({ isNew }) => (isNew ? 'new' : 'old') }
  const columns: Column<ClassRow>[] = [
    { title: 'Class', value: ({ label }) => label },
    { title: 'Photographs', value: ({ count }) => count },
    { title: 'Found', hint: 'recall', ...share(({ recall }) => recall) },
    { title: 'Believable', hint: 'precision', ...share(({ precision }) => precision) },
    { title: 'Both', hint: 'F1', ...share(({ f1 }) => f1) },
    { title: 'Ranking', hint: 'average precision', ...share(({ averagePrecision }) => averagePrecision) },
    {
      title: 'Best threshold',
      hint: 'threshold at best F1',
      value: ({ threshold }) => threshold,
      show: ({ threshold }) => (threshold === null ? '–' : percent(threshold)),
    },
    {
      title: 'Wrong',
      value: ({ wrong }) => wrong.length,
      show: ({ wrong, label }) =>
        wrong.length === 0 ? 0 : photosButton(wrong.length, page.photosOf(wrong), `${label}: answered wrongly`),
    },
  ]
  const shown = (some: readonly ClassRow[], more: readonly Column<ClassRow>[] = []) =>
    table('Figures by class; a click on a title sorts', [...columns, ...more], some, true)
  const added = rows.filter(({ isNew }) => isNew)
  const old = rows.filter(({ isNew }) => !isNew)
  return html`<dl>
      <dt>Found (recall)</dt>
      <dd>Of the photographs that show the class, the share that the classifier calls by its name.</dd>
      <dt>Believable (precision)</dt>
      <dd>When the classifier says this name, how often that is true.</dd>
      <dt>Both (F1)</dt>
      <dd>One number of the two, their harmonic mean; it is low when either is.</dd>
      <dt>Ranking (average precision)</dt>
      <dd>
        Whether photographs of the class are given a higher probability for it than others are: 100 % means that some
        threshold separates them all.
      </dd>
      <dt>Best threshold</dt>
      <dd>Believing this name only from that probability on gives the best F1.</dd>
    </dl>
    ${
      rows.length <= most || added.length === 0
        ? shown(rows, added.length > 0 && old.length > 0 ? [kind] : [])
        : html`${shown(added)}
            <details>
              <summary>The ${old.length === 1 ? 'old class' : `${old.length} old classes`}</summary>
              ${shown(old)}
            </details>`
    }`
}
