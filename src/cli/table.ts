import { displayWidth } from './terminal/display-width.js'
import { wrap } from './wrap.js'

export type Alignment = 'left' | 'right'

const gap = '  '

/** Longer words, such as paths, do not limit how far a column can shrink; they protrude. */
const longWord = 16

/**
 * Formats rows of cells as aligned, indented lines without trailing blanks. The last row may be shorter than the
 * others.
 *
 * @param width columns of the terminal; cells of left-aligned columns are broken between words to fit
 */
export function table(
  given: readonly (readonly string[])[],
  alignments: readonly Alignment[],
  width = Infinity,
): string {
  // A name with a line break could make up a line of its own.
  const rows = given.map((row) => row.map((cell) => cell.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?')))
  const widths = columnWidths(rows, alignments, width)
  return rows.flatMap((row) => linesOf(row, alignments, widths)).join('\n')
}

/** A row takes as many lines as its tallest cell. */
function linesOf(row: readonly string[], alignments: readonly Alignment[], widths: readonly number[]): string[] {
  const lineOf = (parts: readonly string[]) => {
    const cells = parts.map((part, column) => {
      const padding = ' '.repeat(Math.max(0, widths[column]! - displayWidth(part)))
      return alignments[column] === 'right' ? padding + part : part + padding
    })
    return (gap + cells.join(gap)).trimEnd()
  }
  // A fast path: most tables fit, and may have thousands of rows.
  if (row.every((cell, column) => displayWidth(cell) <= widths[column]!)) return [lineOf(row)]
  const cells = row.map((cell, column) => wrap(cell, widths[column]!).split('\n'))
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, i) => lineOf(cells.map((lines) => lines[i] ?? '')))
}

/** Repeatedly shrinks the widest column that can shrink, until the rows fit or none can. */
function columnWidths(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
  available: number,
): readonly number[] {
  const widest = (measure: (cell: string) => number) =>
    alignments.map((_, column) => Math.max(...rows.map((row) => measure(row[column] ?? ''))))
  const widths = widest(displayWidth)
  const total = () => widths.reduce((sum, width) => sum + gap.length + width, 0)
  if (total() <= available) return widths
  const least = widest((cell) => Math.min(longWord, Math.max(...cell.split(' ').map(displayWidth))))
  while (total() > available) {
    const [column] = widths
      .map((_, i) => i)
      .filter((i) => alignments[i] === 'left' && widths[i]! > least[i]!)
      .sort((a, b) => widths[b]! - widths[a]!)
    if (column === undefined) break
    widths[column]!--
  }
  return widths
}
