import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { anchorsOf, pages } from './support/documents.js'

/** Files of the repository below some folders; Jest runs in its root. */
function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
}

test('every document that a source names is in the repository', () => {
  const sources = filesBelow('src', 'test', 'bench', 'torture', 'scripts').filter((file) => file.endsWith('.ts'))
  expect(sources.length).toBeGreaterThan(300)
  const lost = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:docs\/)?[a-z][\w-]*\.md\b/g)]
      .map(([name]) => name)
      .filter((name) => name.startsWith('docs/') || pages.includes(`docs/${name}`))
      .filter((name) => !existsSync(name))
      .map((name) => `${file}: ${name}`),
  )
  expect(lost.filter((one) => !one.startsWith(join('test', 'documents.test.ts')))).toEqual([])
})

test('every link of a document to a file leads to one', () => {
  const documents = [
    ...readdirSync('.').filter((name) => name.endsWith('.md')),
    ...filesBelow('docs').filter((name) => name.endsWith('.md')),
  ]
  const lost = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(join(dirname(file), target)))
      .map((target) => `${file}: ${target}`),
  )
  expect(lost).toEqual([])
})

/**
 * What a document calls a file of, such as `head/linear/train.ts` or `test/image/heic.test.ts`: paths from the root or
 * below `src/`.
 */
test('every source that a document names is there', () => {
  const documents = [...pages, 'CONTRIBUTING.md']
  const named = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|js))`/g)].map(([, name]) => ({
      file,
      name: name!,
    })),
  )
  expect(named.filter(({ file }) => file === 'docs/method.md').length).toBeGreaterThan(5)
  expect(named.length).toBeGreaterThan(60)
  expect(named.filter(({ name }) => !existsSync(name) && !existsSync(join('src', name)))).toEqual([])
})

/** Text without blocks of code. */
function prose(file: string): string {
  return readFileSync(file, 'utf8').replace(/^```[^]*?^```$/gm, '')
}

test('every link of a document to a heading leads to one', () => {
  const documents = [...pages, 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']
  const links = documents.flatMap((file) =>
    [...prose(file).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)].map(([, target, anchor]) => ({
      file,
      target: target === '' ? file : join(dirname(file), target!),
      anchor: anchor!,
    })),
  )
  expect(links.length).toBeGreaterThan(60)
  const lost = links.filter(({ target, anchor }) => target.endsWith('.md') && !anchorsOf(target).includes(anchor))
  expect(lost).toEqual([])
})

test('headings and tables begin on lines of their own', () => {
  const broken = pages.flatMap((file) =>
    prose(file)
      .split('\n')
      .filter((line) => / #{2,} [A-Z]|[^|\s:-].*\|---/.test(line))
      .map((line) => `${file}: ${line}`),
  )
  expect(broken).toEqual([])
})
