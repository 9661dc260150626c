import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { flushFolderSync } from './flush.js'

/**
 * Creates a folder and its missing parents, and flushes their names. Node's own recursive `mkdir` never ends in a file
 * system that refuses with ENOENT, as /proc does.
 *
 * @throws the file system's error
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (!existsSync(parent)) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have created it first.
    if (!isFolder(folder)) throw error
  }
  flushFolderSync(parent)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
