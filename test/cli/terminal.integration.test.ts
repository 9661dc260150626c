import { describe, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from '../../src/cli/terminal/display-width.js'
import { mainFile } from './spawn.js'

/** Runs `extend` on a terminal of so many columns, by util-linux's `script`; gives what it shows, errors too. */
function show(columns: number, ...args: string[]): string {
  const quoted = [process.execPath, mainFile, ...args].map((word) => `'${word}'`).join(' ')
  const command = `stty cols ${columns} && ${quoted}`
  const env = { ...process.env, TERM: 'xterm', COLUMNS: undefined }
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd: tmpdir(), env, encoding: 'utf8' })
  return stripVTControlCharacters(stdout.replaceAll('\r', ''))
}

const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== '' && word !== '\\')

const hasScript = spawnSync('script', ['--version']).status === 0
const suite = hasScript ? describe : describe.skip

suite('on a terminal (by script, of util-linux)', () => {
  test.each([
    [[]],
    [['--help']],
    [['features', '--help']],
    [['export', '--help']],
    [['models', 'pull', '--help']],
    [['completion', '--help']],
    [['doctor']],
    [['models']],
    [['nosuch']],
    [['classes', '--model', 'nosuch']],
    [['predict', 'x', '--top', '0']],
  ])('of 40 columns, extend %j breaks no word', (args) => {
    const narrow = show(40, ...args)
    for (const line of narrow.split('\n')) {
      // A word that is wider than the terminal stands alone.
      if (displayWidth(line) > 40) expect(wordsOf(line)).toHaveLength(1)
    }
    const wide = new Set(wordsOf(show(200, ...args).replaceAll(',', '')))
    const broken = wordsOf(narrow.replaceAll(',', '')).filter((word) => !wide.has(word))
    // The list of models is another one where there is no room for a table.
    if (args[0] !== 'models' || args.length > 1) expect(broken).toEqual([])
  })

  test.each([80, 120])('of %d columns no line is wider', (columns) => {
    for (const args of [[], ['--help'], ['features', '--help'], ['models'], ['nosuch']]) {
      for (const line of show(columns, ...args).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('that says no width, lines are left as they are', () => {
    expect(show(0, 'nosuch').trimEnd().split('\n')).toHaveLength(1)
  })
})
