import { NpluskError } from '../core/errors.js'

const longestLabel = 255

// Control characters, line and paragraph separators, halves of surrogate pairs (which no UTF-8 file can hold), slashes.
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}/\\]/u

const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\s]/gu

/**
 * The form in which labels are stored and compared: NFC (macOS writes file names in NFD), without blanks at the ends.
 */
export function normaliseLabel(text: string): string {
  return text.normalize('NFC').trim()
}

/**
 * Returns the label in its normal form.
 *
 * @param kind what the text is, for errors
 * @throws NpluskError `BAD_INPUT` unless it has 1..255 characters and no control character, slash or backslash
 */
export function checkLabel(text: string, kind = 'class label'): string {
  const label = normaliseLabel(text)
  const length = [...label].length
  if (label.replace(invisible, '') === '')
    throw new NpluskError('BAD_INPUT', `A text that is empty, or shows nothing, is no ${kind}; give another.`)
  if (length > longestLabel) {
    const start = [...label].slice(0, 20).join('')
    throw new NpluskError('BAD_INPUT', `The ${kind} "${start}…" has ${length} characters; use at most ${longestLabel}.`)
  }
  if (forbidden.test(label)) {
    const quoted = JSON.stringify(label)
    const message = `The ${kind} ${quoted} holds a slash, a backslash or a control character; give another.`
    throw new NpluskError('BAD_INPUT', message, { data: { label } })
  }
  return label
}
