// The answers to many pictures, sorted by a click on a title.
import { button, make } from '../dom.js'
import { photo } from '../pictures/photo.js'
import { percent } from '../words.js'
import { mark } from './answers.js'
import { remarkOf } from './folder-run.js'

/** Lines shown at first, and added by each press of the button below them. */
const step = 200

const best = ({ answer }) => answer?.predictions[0]
const columns = [
  { title: 'Answer', value: (row) => best(row)?.label ?? '' },
  { title: 'Sure', value: (row) => best(row)?.probability ?? -1, isNumber: true },
  { title: 'Remark', value: (row) => row.error ?? remarkOf(row.answer) },
  { title: 'File', value: ({ path }) => path },
]
const collator = new Intl.Collator('en', { numeric: true })
const remarks = { unknown: 'nothing it knows', unsure: 'unsure', '': '' }

/** @param {import('../session.js').Session} session */
export function resultTable(session) {
  let rows = []
  let shown = step
  let order // { column, falling }
  const body = make('tbody')
  const titles = columns.map(({ title }, i) =>
    make(
      'th',
      { scope: 'col' },
      button(title, () => sortBy(i)),
    ),
  )
  const table = make(
    'table',
    { class: 'results' },
    make('caption', { class: 'unseen' }, 'Answers, a line for each picture; the titles are buttons that sort'),
    make(
      'thead',
      {},
      make('tr', {}, make('th', { scope: 'col' }, make('span', { class: 'unseen' }, 'Picture')), ...titles),
    ),
    body,
  )
  const more = button('Show more', () => {
    shown += step
    draw()
  })
  const element = make(
    'div',
    { class: 'card table', hidden: true },
    make('div', { class: 'scroll', tabindex: '0' }, table),
    more,
  )

  function sortBy(column) {
    const { isNumber = false } = columns[column]
    order = { column, falling: order?.column === column ? !order.falling : isNumber }
    for (const [i, title] of titles.entries()) {
      if (i === column) title.setAttribute('aria-sort', order.falling ? 'descending' : 'ascending')
      else title.removeAttribute('aria-sort')
    }
    draw()
  }

  function sorted() {
    if (order === undefined) return rows
    const { value, isNumber } = columns[order.column]
    const compare = (a, b) => (isNumber ? value(a) - value(b) : collator.compare(value(a), value(b)))
    return rows.toSorted((a, b) => (order.falling ? compare(b, a) : compare(a, b)))
  }

  function draw() {
    body.replaceChildren(...sorted().slice(0, shown).map(lineOf))
    element.hidden = rows.length === 0
    more.hidden = rows.length <= shown
  }

  function lineOf(row) {
    row.line ??= make(
      'tr',
      {},
      make('td', { class: 'of-photo' }, photo(row.file, '')),
      make('td', {}, best(row)?.label, ' ', row.answer && mark(best(row).increment, session.increments)),
      make('td', { class: 'number' }, row.answer && percent(best(row).probability)),
      make('td', { class: 'remark' }, row.error ?? remarks[remarkOf(row.answer)]),
      make('th', { scope: 'row' }, row.path),
    )
    return row.line
  }

  return {
    element,
    sorted,
    /** A line in its place in the list. */
    add(row) {
      const at = rows.findLastIndex(({ place }) => place < row.place) + 1
      rows.splice(at, 0, row)
      element.hidden = false
      more.hidden = rows.length <= shown
      if (order !== undefined || at >= shown) return
      body.insertBefore(lineOf(row), body.children[at] ?? null)
      body.children[shown]?.remove()
    },
    /** Lines that came after a sorting find their place. */
    finish: draw,
    clear() {
      rows = []
      shown = step
      draw()
    },
  }
}
