import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A text of the repository. */
export function documentText(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The README and the pages that it leads to, by path. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The first block of code in a language. */
export function codeOf(file: string, language: string): string {
  const [, code] = new RegExp('```' + language + '\n([^]*?)```').exec(documentText(file)) ?? []
  if (code === undefined) throw new Error(`${file} has no example in ${language}.`)
  return code
}

/** How headings are linked to, as GitHub makes it. */
export function anchorsOf(file: string): string[] {
  return [...documentText(file).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}
