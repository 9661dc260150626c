/** A table to print: the first column is text, numbers come formatted. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What must be known to read it, one sentence a line. */
  readonly notes?: readonly string[]
}

/** Aligned Markdown, which reads well on a terminal too. */
export function markdown({ title, columns, rows, notes = [] }: Table): string {
  const widths = columns.map((column, c) => Math.max(column.length, ...rows.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join(' | ')} |`
  const rule = `|${widths.map((width, c) => (c === 0 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const text = [`### ${title}`, '', line(columns), rule, ...rows.map(line)]
  return [...text, ...(notes.length > 0 ? ['', ...notes.map((note) => `- ${note}`)] : []), ''].join('\n')
}

/** A share with three decimals, as docs/results.md has them: `.893`, `1.000`. */
export function share(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(3).replace(/^(-?)0\./, '$1.')
}

/** A difference of shares in points. */
export function points(value: number): string {
  return `${(100 * value).toFixed(1)} pt`
}

/** A mean of draws with the half width of its confidence interval. */
export function interval({ mean, halfWidth }: { readonly mean: number; readonly halfWidth: number }): string {
  return `${share(mean)} ± ${share(halfWidth)}`
}
