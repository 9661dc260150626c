import { expect, test } from '@jest/globals'
import { displayWidth } from '../../src/cli/terminal/display-width.js'
import { styleOf } from '../../src/cli/style.js'
import { table } from '../../src/cli/table.js'

test('columns are aligned, lines carry no blanks at their ends', () => {
  const rows = [
    ['name', 'count', 'note'],
    ['a', '1', ''],
    ['long name', '1000'],
  ]
  expect(table(rows, ['left', 'right', 'left'])).toBe(
    ['  name       count  note', '  a              1', '  long name   1000'].join('\n'),
  )
})

test('colours take no room', () => {
  expect(displayWidth(styleOf(true).good('green'))).toBe(5)
})

test.each([
  ['tulip', 5],
  ['Röschen', 7],
  ['Ro\u0308schen', 7],
  ['向日葵', 6],
  ['🌷', 2],
  ['👩‍🌾', 2],
])('%s takes %d columns', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})
