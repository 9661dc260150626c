import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, where they are missing. Unlike `mkdir` with `recursive`, which tries for ever where the system
 * refuses a folder as if the one above it were missing (`/proc` does so), it ends.
 *
 * @throws what the file system throws
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const above = dirname(path)
    if (code === 'ENOENT' && !existsSync(above)) {
      makeFolder(above)
      makeFolder(path)
    } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      // It may have been there, or another process may have made it meanwhile; anything else in its place is an error.
      throw error
    }
  }
}
