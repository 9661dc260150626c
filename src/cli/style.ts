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

/**
 * SGR codes ("Select Graphic Rendition") by the character that stands for each until text is written: Unicode has set
 * these characters aside for what never leaves a program. So an escape sequence in a name is never taken for one of
 * ours.
 */
const codes: Readonly<Record<string, number>> = {
  '\ufdd0': 1,
  '\ufdd1': 22,
  '\ufdd2': 32,
  '\ufdd3': 33,
  '\ufdd4': 39,
  '\ufdd5': 2,
}
const marks = /[\ufdd0-\ufdd5]/g

export function styleOf(coloured: boolean, width = Infinity): Style {
  const paint = (on: string, off: string) => (text: string) => (coloured ? `${on}${text}${off}` : text)
  return {
    heading: paint('\ufdd0', '\ufdd1'),
    good: paint('\ufdd2', '\ufdd4'),
    caution: paint('\ufdd3', '\ufdd4'),
    faint: paint('\ufdd5', '\ufdd1'),
    width,
  }
}

/** Text as a terminal takes it: with escape sequences for its colours. */
export function asColours(text: string): string {
  return text.replace(marks, (mark) => `\x1b[${codes[mark]}m`)
}

export function withoutColours(text: string): string {
  return text.replace(marks, '')
}
