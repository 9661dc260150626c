import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** The SHA-256 of all files below a folder, by their path. */
export async function hashesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hashes = new Map<string, string>()
  for (const file of files.sort()) {
    const path = relative(folder, file)
    hashes.set(
      path,
      createHash('sha256')
        .update(comparable(path, await readFile(file)))
        .digest('hex'),
    )
  }
  return hashes
}

/** What is determined of a file: all of it, but a record of the history has date, command and the seal over both. */
function comparable(path: string, content: Buffer): Buffer | string {
  if (!/^revisions\/.*\.json$/.test(path)) return content
  const { date: _, command: __, sha256: ___, ...record } = JSON.parse(content.toString()) as Record<string, unknown>
  return JSON.stringify(record)
}

/** The names under which two lists of hashes differ. */
export function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name)).sort()
}
