import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import ts from 'typescript'

/** A source file: what it imports, and the names it uses. */
export interface Source {
  /** Relative to the root of the sources, with `/`. */
  readonly path: string
  /** Files of the sources it imports, by path. */
  readonly files: readonly string[]
  /** Packages it imports, without what follows the package's name. */
  readonly packages: readonly string[]
  /** Every identifier in its code; comments and texts are none. */
  readonly identifiers: ReadonlySet<string>
  /** Every text in its code, templates in pieces; comments are none. */
  readonly texts: readonly string[]
}

/** Every TypeScript file below a folder. */
export function readSources(root: string): Source[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => parseSource(path.split(sep).join('/'), readFileSync(join(root, path), 'utf8')))
}

export function parseSource(path: string, text: string): Source {
  const specifiers = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName)
  const files = specifiers
    .filter((name) => name.startsWith('.'))
    .map((name) =>
      normalize(join(dirname(path), name))
        .split(sep)
        .join('/')
        .replace(/\.js$/, '.ts'),
    )
  const packages = specifiers.filter((name) => !name.startsWith('.')).map(packageOf)
  const identifiers = new Set<string>()
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) identifiers.add(node.text)
    if (ts.isLiteralExpression(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node)) {
      texts.push(node.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022))
  return { path, files, packages, identifiers, texts }
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The files of an import circle, the first one repeated at the end; `undefined` where there is none. */
export function findCircle(sources: readonly Source[]): string[] | undefined {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const finished = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (finished.has(path)) return undefined
    trail.push(path)
    for (const file of byPath.get(path)?.files ?? []) {
      const circle = visit(file)
      if (circle) return circle
    }
    trail.pop()
    finished.add(path)
    return undefined
  }
  for (const { path } of sources) {
    const circle = visit(path)
    if (circle) return circle
  }
  return undefined
}
