import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from '@jest/globals'
import { displayWidth } from '../../../src/cli/terminal/display-width.js'
import { onScreen, show, showJson } from '../../../src/cli/terminal/screen.js'
import { styleOf } from '../../../src/cli/style.js'
import { table } from '../../../src/cli/table.js'
import { nastyNames } from '../../support/nasty-names.js'
import { KeptOutput } from '../streams.js'

/** What a terminal obeys, or takes for another order of letters; line breaks and tabs are layout. */
const obeyed = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u

test.each([true, false])('nothing in a name reaches a stream that a terminal obeys (terminal: %s)', (terminal) => {
  const stream = new KeptOutput({ terminal })
  // The characters that stand for colours do colour, and nothing else.
  for (const name of nastyNames.filter((name) => !/[\ufdd0-\ufdef]/.test(name))) show(stream, `${name}\n`)
  expect(stream.content).not.toMatch(obeyed)
})

test('colours of a style become escape sequences, and those of a name do not', () => {
  const style = styleOf(true)
  expect(onScreen(style.good('\x1b[31mroses'))).toBe('\x1b[32m?[31mroses\x1b[39m')
  expect(onScreen(styleOf(false).good('roses'))).toBe('roses')
})

test('JSON says the same, with nothing in it that a terminal obeys', () => {
  for (const terminal of [true, false]) {
    const stream = new KeptOutput({ terminal })
    showJson(stream, { names: nastyNames })
    const line = stream.content
    expect(line.slice(0, -1)).not.toMatch(obeyed)
    expect(line.slice(0, -1)).not.toMatch(/[\n\t\u2028\u2029]/)
    expect((JSON.parse(line) as { names: string[] }).names).toEqual(nastyNames)
  }
})

test('the width of a text is that of what is shown', () => {
  const widths = ['\x1b[31mroses', 'a\x9bb', styleOf(true).faint('roses'), 'a\u200bb', '漢字'].map(displayWidth)
  expect(widths).toEqual([10, 3, 5, 2, 4])
})

test('columns stay aligned whatever the names hold', () => {
  const one = (name: string) => [styleOf(true).good(name.replaceAll('\n', '?')), '|']
  const lines = onScreen(table(nastyNames.slice(0, 12).map(one), ['left', 'left']))
  const bars = lines.split('\n').map((line) => displayWidth(stripVTControlCharacters(line).split(/ {2}\|$/)[0]!))
  expect(new Set(lines.split('\n').map((line) => line.endsWith('|')))).toEqual(new Set([true]))
  expect(new Set(bars).size).toBe(1)
})

test('nothing else in the command line writes to a stream', () => {
  const folder = new URL('../../../../src/cli', import.meta.url).pathname
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const writing = files.filter((name) => /\.write\(|console\./.test(readFileSync(join(folder, name), 'utf8')))
  // The last one waits until all is written.
  expect(writing.sort()).toEqual(['run.ts', 'terminal/screen.ts'])
})
