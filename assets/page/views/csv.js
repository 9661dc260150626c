/**
 * A table as CSV (RFC 4180). Text that a spreadsheet would take for a formula, as it begins with `=`, `+`, `-`, `@`, a
 * tab or a carriage return, gets an apostrophe before it.
 *
 * @param {(string | number | undefined)[][]} lines
 */
export function csv(lines) {
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(value) {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
