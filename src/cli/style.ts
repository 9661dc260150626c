/**
 * Style of results: their width, and functions that colour a text by its meaning, or return it unchanged without
 * colours.
 */
export interface Style {
  heading(text: string): string
  good(text: string): string
  caution(text: string): string
  faint(text: string): string
  /** Columns of the terminal; infinite elsewhere. */
  readonly width: number
}

export function styleOf(coloured: boolean, width = Infinity): Style {
  // SGR codes ("Select Graphic Rendition"): on, off.
  const paint = (on: number, off: number) => (text: string) => (coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text)
  return { heading: paint(1, 22), good: paint(32, 39), caution: paint(33, 39), faint: paint(2, 22), width }
}
