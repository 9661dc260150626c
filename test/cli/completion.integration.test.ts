import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { writeBundle } from '../../src/bundle/write.js'
import { tinyChange } from '../bundle/tiny-bundle.js'
import { extend, mainFile } from './spawn.js'

let cwd: string

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'nplusk-'))
  for (const name of ['bin', 'my pics', 'flowers']) mkdirSync(join(cwd, name))
  writeFileSync(join(cwd, 'photo.jpg'), '')
  writeFileSync(join(cwd, 'bin', 'extend'), `#!/bin/sh\nexec "${process.execPath}" "${mainFile}" "$@"\n`, {
    mode: 0o755,
  })
  await writeBundle(join(cwd, 'extended'), tinyChange(1, ['roses (more)', 'tulips']))
})

afterAll(() => rmSync(cwd, { recursive: true }))

/** What the scripts are told: the kind of paths, and the words. */
async function ask(...words: string[]): Promise<[string, string[]]> {
  const { code, stdout, stderr } = await extend(['completion', 'words', '--', ...words], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [paths, ...lines] = stdout.trimEnd().split('\n')
  return [paths!, lines.map((line) => line.split('\t')[0]!)]
}

describe('what may come next', () => {
  test.each<[string[], string, string[]]>([
    [['pre'], 'none', ['predict']],
    [['--ov'], 'none', ['--overlap']],
    [['--overlap', ''], 'none', ['separate', 'merge', 'error']],
    [['--overlap=m'], 'none', ['merge']],
    [['--add', ''], 'folders', []],
    [['--json', 'eva'], 'none', ['evaluate']],
    [['predict', ''], 'files', []],
    [['predict', 'a.jpg', '--de'], 'none', ['--device']],
    [['predict', '--device', 'c'], 'none', ['cpu', 'cuda']],
    [['predict', '--model', 'incep'], 'files', ['inception-v3']],
    [['predict', '--thresholds', ''], 'files', ['best-f1']],
    [['advise', '--rehearsal', 'b'], 'folders', ['builtin']],
    [['--layers', ''], 'none', []],
    [['models', ''], 'none', ['pull', 'help']],
    [['models', 'pull', 'vgg'], 'none', ['vgg-16']],
    [['help', 'ev'], 'none', ['evaluate']],
    [['completion', ''], 'none', ['bash', 'zsh', 'fish']],
    [['remove', ''], 'none', ['roses (more)', 'tulips']],
    [['remove', '--model', 'extended', 'tu'], 'none', ['tulips']],
    [['remove', '--model', 'nowhere', ''], 'none', []],
    [['rename', 'tu'], 'none', ['tulips']],
    [['rollback', ''], 'none', []],
    [['verify', ''], 'folders', []],
    [['nosuch', ''], 'none', []],
  ])('extend %j', async (words, paths, expected) => {
    expect(await ask(...words)).toEqual([paths, expected])
  })
})

/** Runs a script in a shell that finds `extend`. */
function shell(name: string, args: readonly string[]): string {
  const env = { ...process.env, PATH: [join(cwd, 'bin'), process.env['PATH']].join(delimiter) }
  const { stdout, stderr, status } = spawnSync(name, args, { cwd, env, encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout
}

const has = (name: string) => spawnSync(name, ['--version']).status === 0
/** Skips, and says so in its name, where a shell is not installed. */
const testIn = (name: string) => (has(name) ? test : test.skip)

testIn('bash')('bash offers them, with paths where paths may come, and blanks escaped', () => {
  const complete = (...words: string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    const script = `source <(extend completion bash); COMP_WORDS=(extend ${quoted}); COMP_CWORD=${words.length}; _extend extend; printf '%s\\n' "\${COMPREPLY[@]}"`
    return shell('bash', ['--norc', '-c', script]).split('\n').filter(Boolean).sort()
  }
  expect(complete('pre')).toEqual(['predict'])
  expect(complete('--overlap', '=', 'm')).toEqual(['merge'])
  expect(complete('--overlap', '=')).toEqual(['error', 'merge', 'separate'])
  expect(complete('--add', '')).toEqual(['bin', 'extended', 'flowers', 'my pics'])
  expect(complete('predict', 'ph')).toEqual(['photo.jpg'])
  expect(complete('remove', 'roses\\ ')).toEqual(['roses\\ \\(more\\)'])
  // What was typed is data: nothing of it runs.
  expect(complete('--add', '$(touch typed)')).toEqual([])
  expect(complete('--add', '')).not.toContain('typed')
})

testIn('fish')('fish offers them', () => {
  const complete = (line: string) =>
    shell('fish', ['--no-config', '-c', `extend completion fish | source; complete -C ${JSON.stringify(line)}`])
      .split('\n')
      .map((one) => one.split('\t')[0]!)
      .filter(Boolean)
  expect(complete('extend pre')).toEqual(['predict'])
  expect(complete('extend --overlap=m')).toEqual(['--overlap=merge'])
  expect(complete('extend --add fl')).toEqual(['flowers/'])
  expect(complete('extend predict ph')).toEqual(['photo.jpg'])
  expect(complete('extend remove tu')).toEqual(['tulips'])
})

testIn('zsh')('zsh reads its script, which asks for words as they stand', () => {
  // Completion itself needs a terminal; here the functions that take its answers print them.
  const script = `compdef() { :; }; compset() { :; }; _files() { print files "$@"; }; _describe() { print -rl -- "\${(@P)2}"; }
    source <(extend completion zsh); words=(extend "$@"); CURRENT=$#words; _extend`
  const complete = (...words: string[]) =>
    shell('zsh', ['-f', '-c', script, 'zsh', ...words])
      .trimEnd()
      .split('\n')
  expect(complete('remove', '')).toEqual(['roses (more)', 'tulips'])
  expect(complete('predict', '')).toEqual(['files'])
  expect(complete('--add', '')).toEqual(['files -/'])
  expect(complete('pre')).toEqual(['predict:Says what images show.'])
})
