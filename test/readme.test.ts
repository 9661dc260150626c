import { beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extend } from './cli/spawn.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

describe('the two commands that do everything', () => {
  test('stand in the first screen, as single lines to be pasted', () => {
    const first = readme.split('\n').slice(0, 25)
    expect(first).toContain('npm ci && npm run demo')
    expect(first).toContain('npm ci && npm test')
  })

  test.each(['demo', 'test'])('npm %s runs a file that the build makes or npm ci brings', (name) => {
    expect(scripts[name]).toMatch(/^npm run build --silent && node /)
    const [, file] = / ((?:dist|node_modules)\/\S+\.js)\b/.exec(scripts[name]!)!
    expect(existsSync(join(root, file!))).toBe(true)
  })
})

test('every npm script that the README names is there', () => {
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

test('every file of the project that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path!)
  expect(links.length).toBeGreaterThan(3)
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('every heading that the README links to is there', () => {
  const anchors = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!)
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([])
})

describe('commands and options in the README', () => {
  let help: string

  beforeAll(async () => {
    help = (await extend(['--help'], { cwd: root })).stdout
  })

  test('are all there', async () => {
    const lines = [...readme.matchAll(/\bextend ((?:[a-z][a-z-]*|--[a-z-]+)[^`\n|]*)/g)].map(([, line]) => line!)
    // Prose such as "extend sets it" is no command line: those stand in backquotes or in blocks of code.
    const quoted = lines.filter((line) => readme.includes(`\`extend ${line}`) || readme.includes(`\nextend ${line}`) || readme.includes(`$ extend ${line}`)) // prettier-ignore
    const commands = [...new Set(quoted.map((line) => line.split(' ')[0]!).filter((word) => !word.startsWith('-')))]
    expect(commands.length).toBeGreaterThan(8)
    expect(commands.filter((name) => !help.includes(`\n  ${name}`))).toEqual([])
    const helps = [help]
    for (const name of commands) helps.push((await extend([name, '--help'], { cwd: dirname(root) })).stdout)
    const all = [...helps, (await extend(['models', 'pull', '--help'], { cwd: root })).stdout].join('\n')
    const options = quoted.flatMap((line) => line.match(/--[a-z][a-z-]*/g) ?? [])
    expect([...new Set(options)].filter((option) => !all.includes(option))).toEqual([])
  })
})
