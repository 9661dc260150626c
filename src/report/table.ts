import { html, type Content, type Markup } from './html.js'

export interface Column<Row> {
  readonly title: string
  /** What the column means, in a few words. */
  readonly hint?: string
  /** What rows are sorted by, and what is shown unless `show` says otherwise; `null` where there is nothing. */
  readonly value: (row: Row) => string | number | null
  readonly show?: (row: Row) => Content
}

/**
 * A table whose first column names the rows. Numbers stand to the right.
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
    return html`<th scope="col" class="${className}" title="${hint ?? ''}">${content}</th>`
  })
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table class="${sortable ? 'sortable' : 'plain'}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${titles}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, i) => cell(column, row, i === 0))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}

function cell<Row>({ value, show }: Column<Row>, row: Row, isName: boolean): Markup {
  const key = value(row)
  const content = show ? show(row) : (key ?? '–')
  const isNumber = typeof key === 'number'
  const name = isNumber ? 'figure' : 'text'
  if (isName) return html`<th scope="row" class="${name}" data-value="${key ?? ''}">${content}</th>`
  return html`<td class="${isNumber ? 'number' : 'text'}" data-value="${key ?? ''}">${content}</td>`
}

/** A share as a number with a bar. */
export function bar(share: number | null): Content {
  if (share === null) return '–'
  const width = (100 * share).toFixed(1)
  return html`<span class="bar" style="--share: ${width}%"><span>${percent(share)}</span></span>`
}

/** A share as people read it: `93 %`, and `99.6 %` where a whole number would say all or nothing. */
export function percent(share: number): string {
  return `${numberOf(100 * share)}\u00a0%`
}

function numberOf(percents: number): string {
  // An interval's end may miss it by a rounding.
  if (percents === 0 || percents > 100 - 1e-9) return String(Math.round(percents))
  if (percents < 0.05) return '< 0.1'
  if (percents >= 99.95) return '> 99.9'
  const whole = Math.round(percents)
  return whole > 1 && whole < 99 ? String(whole) : percents.toFixed(1).replace('.0', '')
}
