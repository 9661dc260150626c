import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { assetPath } from '../core/assets.js'

/**
 * What the page asks: `served`, the server that it came from, which may also be taught; `exported`, a classifier in the
 * browser. Each has a folder of its own beside what both share.
 */
export type PageKind = 'served' | 'exported'

const otherKind = { served: 'exported', exported: 'served' } as const

/** The page's files, by path relative to it, with `/`. */
export async function pageFiles(kind: PageKind): Promise<Map<string, Uint8Array>> {
  const root = assetPath('page')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => path.split(sep)[0] !== otherKind[kind])
    .sort()
  const files = new Map<string, Uint8Array>([['start.js', Buffer.from(`import './${kind}/start.js'\n`)]])
  for (const path of paths) files.set(path.split(sep).join('/'), await readFile(join(root, path)))
  return files
}
