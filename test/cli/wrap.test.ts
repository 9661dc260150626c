import { describe, expect, test } from '@jest/globals'
import { explanations } from '../../src/cli/help.js'
import { table } from '../../src/cli/table.js'
import { styleOf } from '../../src/cli/style.js'
import { wrap } from '../../src/cli/wrap.js'

describe('wrap', () => {
  test('breaks between words alone, and indents like the line', () => {
    expect(wrap('  one two three', 10)).toBe('  one two\n  three')
    expect(wrap('extend: one two three', 13, 2)).toBe('extend: one\n  two three')
    expect(wrap('short\n\na longer line', 8)).toBe('short\n\na longer\nline')
  })

  test('leaves a word whole that is wider, and everything where there is no terminal', () => {
    expect(wrap('see /a/very/long/path now', 10)).toBe('see\n/a/very/long/path\nnow')
    expect(wrap('as long as you like', Infinity)).toBe('as long as you like')
  })

  test('counts what is seen: no colours, and two columns for wide letters', () => {
    const green = styleOf(true).good('green')
    expect(wrap(`${green} leaf`, 10)).toBe(`${green} leaf`)
    expect(wrap('向日葵 郁金香', 10)).toBe('向日葵\n郁金香')
  })
})

describe('on a narrow terminal', () => {
  const rows = [
    ['', 'images', 'right'],
    ['old taken for new (leak)', '', '0.0%'],
    ['new classes', '1000', '100.0%'],
  ]

  test('a table gives columns of words less room, and breaks their cells between words', () => {
    expect(table(rows, ['left', 'right', 'right'], 35)).toBe(
      [
        '                     images   right',
        '  old taken for new            0.0%',
        '  (leak)',
        '  new classes          1000  100.0%',
      ].join('\n'),
    )
    expect(table(rows, ['left', 'right', 'right'], 80)).toBe(table(rows, ['left', 'right', 'right']))
  })

  test('a table that cannot fit keeps its words and its alignment', () => {
    for (const line of table(rows, ['left', 'right', 'right'], 10).split('\n'))
      expect(line).not.toMatch(/\bol$|\btake$/)
  })

  const pairs = [
    ['extend --add flowers/', 'adds them'],
    ['extend export --format triton --out models', 'for a server'],
  ] as const

  test('what is explained stands beside its explanation, or above it; a command that is broken can be pasted', () => {
    expect(explanations(pairs, 80).split('\n')).toHaveLength(2)
    expect(explanations(pairs, 40)).toBe(
      [
        '  extend --add flowers/',
        '      adds them',
        '  extend export --format triton --out \\',
        '    models',
        '      for a server',
      ].join('\n'),
    )
  })
})
