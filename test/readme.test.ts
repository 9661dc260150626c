import { beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { extend } from './cli/spawn.js'
import { anchorsOf, documentText, pages, root } from './support/documents.js'

const readme = documentText('README.md')
const { scripts } = JSON.parse(documentText('package.json')) as { scripts: Record<string, string> }

describe('the first screen of the README', () => {
  const first = readme.split('\n').slice(0, 25)

  test('has the two commands that do everything, as single lines to be pasted', () => {
    expect(first).toContain('npm ci && npm run demo')
    expect(first).toContain('npm ci && npm test')
  })

  test('says how to add images to a class', () => {
    expect(first.join('\n')).toMatch(/add images to a class\b/)
  })

  test('shows a picture, light and dark, with words in its place', () => {
    const [, dark] = /<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">/.exec(first.join('\n'))!
    const [, light, words] = /<img src="([^"]+)"[^>]* alt="([^"]+)">/.exec(first.join('\n'))!
    expect([dark, light].filter((file) => !existsSync(join(root, file!)))).toEqual([])
    expect(words!.length).toBeGreaterThan(30)
  })

  test.each(['demo', 'test'])('npm %s runs a file that the build makes or npm ci brings', (name) => {
    expect(scripts[name]).toMatch(/^npm run build --silent && node /)
    const [, file] = / ((?:dist|node_modules)\/\S+\.js)\b/.exec(scripts[name]!)!
    expect(existsSync(join(root, file!))).toBe(true)
  })
})

test('the README is short', () => {
  expect(readme.split('\n').length).toBeLessThan(200)
})

test('every npm script that the pages name is there', () => {
  const named = pages.flatMap((page) => [...documentText(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!))
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const { file } of linksOf(page)) if (pages.includes(file)) reached.add(file)
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([])
})

test('every file of the project that a page links to is there, with its heading', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, ...link })))
  expect(links.length).toBeGreaterThan(30)
  const lost = links.filter(
    ({ file, anchor }) => !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
  )
  expect(lost).toEqual([])
})

/** Links to files of the project, seen from its root. */
function linksOf(page: string): { file: string; anchor: string | undefined }[] {
  return [...documentText(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].map(([, target, anchor]) => ({
    file: target === '' ? page : normalize(join(dirname(page), target!)),
    anchor,
  }))
}

describe('commands and options in the pages', () => {
  let help: string

  beforeAll(async () => {
    help = (await extend(['--help'], { cwd: root })).stdout
  })

  test('are all there', async () => {
    const quoted = pages.flatMap(commandLines)
    const commands = [...new Set(quoted.map((line) => line.split(' ')[0]!).filter((word) => !word.startsWith('-')))]
    expect(commands.length).toBeGreaterThan(8)
    expect(commands.filter((name) => !help.includes(`\n  ${name}`))).toEqual([])
    const helps = [help]
    for (const name of commands) helps.push((await extend([name, '--help'], { cwd: dirname(root) })).stdout)
    const all = [...helps, (await extend(['models', 'pull', '--help'], { cwd: root })).stdout].join('\n')
    const options = quoted.flatMap((line) => line.match(/--[a-z][a-z-]*/g) ?? [])
    expect(options.length).toBeGreaterThan(30)
    expect([...new Set(options)].filter((option) => !all.includes(option))).toEqual([])
  })

  test('have the defaults that the page of commands says', () => {
    const table = documentText('docs/command-line.md').matchAll(
      /^\| `--([a-z-]+)[^`]*` \|.*Default: `?([\w.]*\w)`? \|$/gm,
    )
    const said = [...table].map(([, option, value]) => `--${option!} (default: ${value!})`)
    expect(said.length).toBeGreaterThan(3)
    const oneLine = help.replace(/\s+/g, ' ')
    const real = [...oneLine.matchAll(/(--[a-z-]+) <(?:(?! --[a-z]).)*?(\(default: [^)]*\))/g)].map(
      ([, option, value]) => `${option!} ${value!}`,
    )
    expect(said.filter((one) => !real.includes(one))).toEqual([])
  })

  test('stand in the table of commands, each of the program', () => {
    const table = [...documentText('docs/command-line.md').matchAll(/^\| `extend ([a-z][a-z-]*)/gm)].map(
      ([, name]) => name!,
    )
    const [, list] = /\nCommands:\n([^]*?)\n\n/.exec(help)!
    const named = [...list!.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!)
    expect(named.filter((name) => name !== 'help').sort()).toEqual(table.sort())
  })
})

/** What follows `extend` in backquotes and blocks of code; prose such as "extend sets it" is no command line. */
function commandLines(page: string): string[] {
  const text = documentText(page)
  return [...text.matchAll(/\bextend ((?:[a-z][a-z-]*|--[a-z-]+)[^`\n|]*)/g)]
    .map(([, line]) => line!)
    .filter((line) => ['`', '\n', '\n    ', '$ ', '&& '].some((before) => text.includes(`${before}extend ${line}`)))
}
