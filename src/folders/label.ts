import { NpluskError } from '../core/errors.js'

const maxLabelLength = 255

// Control characters, line and paragraph separators, unpaired surrogates (which no UTF-8 file can hold), slashes.
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}/\\]/u

// They turn the direction of writing, so that a name looks like another one.
const bidirectional = /[\u202a-\u202e\u2066-\u2069]/u

const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\s]/gu

/**
 * The form in which labels are stored and compared: NFC (macOS writes file names in NFD), without white space at the
 * ends.
 */
export function normaliseLabel(text: string): string {
  return text.normalize('NFC').trim()
}

/** Whether a text is empty, or holds only what leaves no mark. */
export function showsNothing(text: string): boolean {
  return text.replace(invisible, '') === ''
}

/**
 * Checks a label, and returns it in its normal form.
 *
 * @param kind what the text is, for errors
 * @throws NpluskError `BAD_INPUT` unless it shows something and has 1..255 characters, and no control character, slash
 * or backslash
 */
export function checkLabel(text: string, kind = 'class label'): string {
  const label = normaliseLabel(text)
  const length = [...label].length
  if (showsNothing(label))
    throw new NpluskError('BAD_INPUT', `A text that is empty, or shows nothing, is no ${kind}; give another.`)
  if (length > maxLabelLength) {
    const start = [...label].slice(0, 20).join('')
    throw new NpluskError(
      'BAD_INPUT',
      `The ${kind} "${start}…" has ${length} characters; use at most ${maxLabelLength}.`,
    )
  }
  if (forbidden.test(label)) {
    const quoted = JSON.stringify(label)
    const message = `The ${kind} ${quoted} holds a slash, a backslash or a control character; give another.`
    throw new NpluskError('BAD_INPUT', message, { data: { label } })
  }
  return label
}

/**
 * Checks a name that a person chose, and returns it in its normal form. Names of folders that are there may be others.
 *
 * @throws NpluskError `BAD_INPUT` as `checkLabel`, and for what leads to a folder or turns the direction of writing
 */
export function checkNewName(text: string, kind?: string): string {
  const name = checkLabel(text, kind)
  if (name === '.' || name === '..')
    throw new NpluskError('BAD_INPUT', `"${name}" stands for a folder; give another name.`)
  if (bidirectional.test(name)) {
    const message = 'The name holds a character that turns the direction of writing; give another.'
    throw new NpluskError('BAD_INPUT', message, { data: { label: name } })
  }
  return name
}
