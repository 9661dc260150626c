import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { NpluskError, messageOf } from '../core/errors.js'

/** File name extensions that count as pictures, in any case. */
export const imageExtensions: readonly string[] = '.jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .avif'.split(' ')

/** What a folder holds: names, sorted; hidden ones and `__MACOSX` left out, links counted as what they lead to. */
export interface FolderContents {
  readonly folders: readonly string[]
  readonly images: readonly string[]
}

/**
 * @throws NpluskError `NOT_FOUND`, `BAD_INPUT` where it is not a folder, `IO` where it or something in it cannot be
 * read
 */
export async function readFolder(dir: string): Promise<FolderContents> {
  let entries: Dirent[]
  try {
    entries = await readdir(dir, { withFileTypes: true })
  } catch (error) {
    throw unreadable(dir, error)
  }
  const folders: string[] = []
  const images: string[] = []
  for (const entry of entries) {
    const { name } = entry
    if (name.startsWith('.') || name === '__MACOSX') continue
    const kind = entry.isSymbolicLink() ? await followLink(join(dir, name)) : entry
    if (kind.isDirectory()) folders.push(name)
    else if (kind.isFile() && imageExtensions.includes(extname(name).toLowerCase())) images.push(name)
  }
  // The default order of sort() is by UTF-16 unit: the same everywhere.
  return { folders: folders.sort(), images: images.sort() }
}

/**
 * Paths of all pictures in `dir` and below, sorted within each folder, a folder's own before those further down.
 * Every real folder is entered once, and never one of `outside`, so links cannot make it go round in circles.
 */
export async function walkImages(dir: string, outside: readonly string[]): Promise<string[]> {
  const entered = new Set<string>()
  for (const folder of outside) entered.add(await realpath(folder))
  const files: string[] = []

  async function enter(folder: string): Promise<void> {
    const { folders, images } = await readFolder(folder)
    const real = await realpath(folder)
    if (entered.has(real)) return
    entered.add(real)
    for (const name of images) files.push(join(folder, name))
    for (const name of folders) await enter(join(folder, name))
  }

  await enter(dir)
  return files
}

async function followLink(path: string): Promise<{ isDirectory(): boolean; isFile(): boolean }> {
  try {
    return await stat(path)
  } catch (error) {
    throw new NpluskError('IO', `The link "${path}" leads nowhere; remove or mend it.`, {
      cause: error,
      data: { path },
    })
  }
}

function unreadable(dir: string, error: unknown): NpluskError {
  const options = { cause: error, data: { path: dir } }
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new NpluskError('NOT_FOUND', `There is no folder "${dir}"; check the path.`, options)
  if (code === 'ENOTDIR')
    return new NpluskError('BAD_INPUT', `"${dir}" is not a folder; give the folder that holds the pictures.`, options)
  if (code === 'EACCES' || code === 'EPERM') {
    return new NpluskError(
      'IO',
      `The folder "${dir}" cannot be read: permission is denied; change its permissions.`,
      options,
    )
  }
  return new NpluskError('IO', `The folder "${dir}" cannot be read: ${messageOf(error)}.`, options)
}
