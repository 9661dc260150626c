import { withoutColours } from '../style.js'

// East Asian scripts and pictographs are two columns wide; the ranges are those of Unicode Standard Annex 11.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u

/** Shown as nothing: joiners, marks of direction, the byte order mark. */
const invisible = /^[\u200b-\u200f\u2060-\u2064\ufeff]$/

/** Printable ASCII: every character is one column wide. */
const plain = /^[ -~]*$/

let graphemes: Intl.Segmenter | undefined

/** Width of a text as it is shown on a terminal, in columns; what has no effect there is shown as one character. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  const shown = withoutColours(text)
  if (plain.test(shown)) return shown.length
  // Created on demand: that takes longer than laying out a whole table.
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let width = 0
  for (const { segment } of graphemes.segment(shown)) width += wide.test(segment) ? 2 : invisible.test(segment) ? 0 : 1
  return width
}
