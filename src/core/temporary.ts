import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A name beside `path` that no reader takes for the finished file or folder, and that no other program gives. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.nplusk-${randomBytes(6).toString('hex')}.tmp`)
}

/**
 * The name for what a folder under a temporary name replaces: that of `temporaryName` with another ending. While it
 * exists, the temporary folder is complete.
 */
export function asideOf(temporary: string): string {
  return temporary.replace(/tmp$/, 'old')
}

/** Whether a file or folder bears one of these names. */
export function isTemporary(name: string): boolean {
  return pattern.test(name)
}

const pattern = /^\.(.+)\.nplusk-[0-9a-f]{12}\.(tmp|old)$/

/** Milliseconds without any change after which no writer can still be at work. */
export const abandonedAfter = 3_600_000

/**
 * Does away with what killed processes left in a folder: temporary files and folders in which nothing has changed for
 * an hour are deleted; a folder that was complete and only had to take its place takes it now. What cannot be deleted
 * stays.
 *
 * Writers may be at work on other machines, so no process is asked whether it lives, and no clock but that of the file
 * system.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => [])
  const found = names.flatMap((name) => {
    const [, finished, kind] = pattern.exec(name) ?? []
    return finished === undefined ? [] : [{ path: join(folder, name), finished, kind }]
  })
  if (found.length === 0) return
  for (const { path, finished, kind } of found) {
    if (kind === 'old' && !names.includes(finished)) {
      await rename(path.replace(/old$/, 'tmp'), join(folder, finished)).catch(() => undefined)
    }
  }
  const now = await presentTime(folder).catch(() => undefined)
  if (now === undefined) return
  for (const { path } of found) {
    const last = await lastChange(path).catch(() => undefined)
    if (last !== undefined && now - last > abandonedAfter) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
    }
  }
}

/** The time by the clock that dates what is written to a folder. */
async function presentTime(folder: string): Promise<number> {
  const probe = temporaryName(join(folder, 'time'))
  await mkdir(probe)
  try {
    return (await stat(probe)).mtimeMs
  } finally {
    await rmdir(probe)
  }
}

/** When anything below a path was last written to. */
async function lastChange(path: string): Promise<number> {
  const found = await lstat(path)
  if (!found.isDirectory()) return found.mtimeMs
  let last = found.mtimeMs
  for (const name of await readdir(path)) last = Math.max(last, await lastChange(join(path, name)))
  return last
}
