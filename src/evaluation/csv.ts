/**
 * One line of CSV (RFC 4180). Text that a spreadsheet would take for a formula, as it begins with `=`, `+`, `-`, `@`, a
 * tab or a carriage return, gets an apostrophe before it; `null` is an empty cell.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\n`
}

function cellOf(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return `${value}`
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
