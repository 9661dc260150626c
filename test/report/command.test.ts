import { expect, test } from '@jest/globals'
import { command, withCommands, withOptions } from '../../src/report/command.js'
import { html } from '../../src/report/html.js'
import { hostile } from './records.js'

test('a command keeps every character, and the dashes of an option with its name', () => {
  const typed = "extend --add 'a  b' -0 --out x"
  const { text } = command(typed)
  expect(text.replace(/<[^>]*>/g, '').replaceAll('&#39;', "'")).toBe(typed)
  expect(text.match(/(?<=class="option">)[^<]*/g)).toEqual(['--add', '-0', '--out'])
  expect(command(hostile).text).not.toContain('<img')
})

test('commands in quotation marks are shown as such', () => {
  const { text } = html`${withCommands('"extend x" does it, & more.')}`
  expect(text).toBe('<code>extend x</code> does it, &amp; more.')
})

test('an option in a sentence keeps its dashes, in a command or beside one', () => {
  const { text } = html`${withOptions('Use another --model, or type "extend --add well--known -- a".')}`
  expect(text).toBe(
    'Use another <span class="option">--model</span>, or type &quot;extend <span class="option">--add</span> well--known -- a&quot;.',
  )
})
