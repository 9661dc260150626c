import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'

/** Files of the repository below some folders; Jest runs in its root. */
function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
}

test('every document that a source names is in the repository', () => {
  const sources = filesBelow('src', 'test', 'bench', 'scripts').filter((file) => file.endsWith('.ts'))
  expect(sources.length).toBeGreaterThan(300)
  const lost = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:docs\/)?[a-z][\w-]*\.md\b/g)]
      .map(([name]) => name)
      .filter((name) => name.startsWith('docs/') || ['method.md', 'architecture.md', 'results.md'].includes(name))
      .filter((name) => !existsSync(name))
      .map((name) => `${file}: ${name}`),
  )
  expect(lost.filter((one) => !one.startsWith(join('test', 'documents.test.ts')))).toEqual([])
})

test('every link of a document to a file leads to one', () => {
  const documents = [...readdirSync('.').filter((name) => name.endsWith('.md')), ...filesBelow('docs')]
  const lost = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(join(dirname(file), target)))
      .map((target) => `${file}: ${target}`),
  )
  expect(lost).toEqual([])
})

test('every file of the sources that docs/method.md names is there', () => {
  const names = [...readFileSync('docs/method.md', 'utf8').matchAll(/`([a-z]+\/[\w-]+\.ts)`/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => !existsSync(join('src', name)))).toEqual([])
})
