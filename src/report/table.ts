import { tenths } from '../core/numbers.js'
import { html, type Content, type Markup } from './html.js'

export interface Column<Row> {
  readonly title: string
  /** What the column means, in a few words. */
  readonly hint?: string
  /** What rows are sorted by, and what is shown unless `show` says otherwise; `null` where there is nothing. */
  readonly value: (row: Row) => string | number | null
  readonly show?: (row: Row) => Content
}

/** Columns from which on a table is too wide for a phone; there, each of its rows stands by itself. */
const wide = 4
/** Letters of titles beside whose figures there is room for others. */
const short = 14

/**
 * A table whose first column names the rows. Numbers stand to the right. The roles are for screen readers, to which a
 * table that a style sheet lays out in another way is none.
 *
 * @param caption says what the table holds
 * @param sortable whether a click on a column's title sorts by it
 */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  sortable = false,
): Markup {
  const titles = columns.map(({ title, hint }, i) => {
    // The names in the first column stand to the left.
    const className = i > 0 && rows.some((row) => typeof columns[i]!.value(row) === 'number') ? 'number' : 'text'
    const content = sortable ? html`<button type="button">${title}</button>` : title
    return html`<th scope="col" role="columnheader" class="${className}" title="${hint ?? ''}">${content}</th>`
  })
  const isPaired = columns.slice(1).every(({ title }) => title.length <= short)
  const classes = [sortable ? 'sortable' : 'plain', columns.length >= wide && (isPaired ? 'wide paired' : 'wide')]
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table role="table" class="${classes.filter(Boolean).join(' ')}">
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${titles}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row) =>
            html`<tr role="row">
              ${columns.map((column, i) => cell(column, row, i === 0))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}

function cell<Row>({ title, value, show }: Column<Row>, row: Row, isName: boolean): Markup {
  const key = value(row)
  const content = show ? show(row) : (key ?? '–')
  const isNumber = typeof key === 'number'
  const data = html`data-title="${title}" data-value="${key ?? ''}"`
  if (isName)
    return html`<th scope="row" role="rowheader" class="${isNumber ? 'figure' : 'text'}" ${data}>${content}</th>`
  return html`<td role="cell" class="${isNumber ? 'number' : 'text'}" ${data}>${content}</td>`
}

/** A share as a number with a bar. */
export function bar(share: number | null): Content {
  if (share === null) return '–'
  const width = (100 * share).toFixed(1)
  return html`<span class="bar" style="--share: ${width}%"><span>${percent(share)}</span></span>`
}

/** A share as people read it: `93 %`, and `99.6 %` where a whole number would say all or nothing. */
export function percent(share: number): string {
  const whole = Math.round(100 * share)
  const number = whole > 1 && whole < 99 ? String(whole) : tenths(share).replace('.0', '')
  return `${number}\u00a0%`
}

/** A difference of shares in percentage points: `+2.1`, `−0.3`, `0.0`. */
export function signed(difference: number): string {
  const points = Math.abs(100 * difference).toFixed(1)
  if (points === '0.0') return points
  return `${difference < 0 ? '−' : '+'}${points}`
}
