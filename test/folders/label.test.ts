import { describe, expect, test } from '@jest/globals'
import { checkLabel } from '../../src/folders/label.js'

describe('checkLabel', () => {
  test.each([
    'rose',
    'water lily',
    `lady's "slipper"`,
    '\u{1f469}\u{200d}\u{1f33e}',
    '玫瑰',
    'x'.repeat(255),
    '\u{1f339}'.repeat(255),
  ])('%s is fine', (label) => {
    expect(checkLabel(label)).toBe(label)
  })

  test('gives the normal form', () => {
    expect(checkLabel('  E\u0301pine ')).toBe('\u00c9pine')
  })

  test.each([
    ['nothing', ''],
    ['blanks', '  \t'],
    ['characters that do not show', '\u200b\u2060\ufe0f'],
    ['256 characters', 'x'.repeat(256)],
    ['a slash', 'a/b'],
    ['a backslash', 'a\\b'],
    ['a line break', 'a\nb'],
    ['a null character', 'a\0b'],
    ['an escape sequence', '\u001b[31mred'],
    ['a line separator', 'a\u2028b'],
    ['half a surrogate pair', 'a\ud83c'],
  ])('%s is refused', (_, label) => {
    expect(() => checkLabel(label)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
  })
})
