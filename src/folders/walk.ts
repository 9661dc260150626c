import type { Dirent, Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { NpluskError, messageOf } from '../core/errors.js'
import { adviceOnPath } from '../core/plain-names.js'
import { specialKind } from '../core/regular-file.js'
import type { PassedOver } from './passed-over.js'
import { isPictureName, kindsOf } from '../image/sniff.js'

import { isSystemName } from './system-names.js'

/** A folder and everything below it, except what the system left behind. */
export interface FolderTree {
  /** The path as it was given, or below that. */
  readonly path: string
  readonly name: string
  /** Paths of the pictures directly in it, sorted. */
  readonly images: readonly string[]
  /** Its subfolders, sorted by name. */
  readonly folders: readonly FolderTree[]
  /** Files directly in it that are not pictures. */
  readonly passedOver: readonly PassedOver[]
}

type Entry = Pick<Dirent | Stats, 'isDirectory' | 'isFile' | 'isFIFO' | 'isSocket'>

/**
 * Reads a folder and all folders below it. Pictures are recognised by their content, or by a name with a picture's
 * extension. Below each direct subfolder, every real folder is entered only once, and never the root again, so links
 * cannot make a loop.
 *
 * @throws NpluskError `NOT_FOUND`; `BAD_INPUT` where it is not a folder; `IO` where it or something in it cannot be
 * read, or a link that is not hidden leads nowhere
 */
export async function readTree(dir: string): Promise<FolderTree> {
  const { folders, ...own } = await readFolder(dir)
  const root = await realPath(dir)
  const below: FolderTree[] = []
  for (const name of folders) {
    const tree = await enter(join(dir, name), new Set([root]))
    if (tree !== undefined) below.push(tree)
  }
  return { path: dir, name: basename(resolve(dir)), ...withPaths(dir, own), folders: below }
}

/** Paths of all pictures of a tree, those of a folder before those of its subfolders. */
export function imagesBelow({ images, folders }: FolderTree): string[] {
  return [...images, ...folders.flatMap(imagesBelow)]
}

/** All files of a tree that are not pictures. */
export function passedOverBelow({ passedOver, folders }: FolderTree): PassedOver[] {
  return [...passedOver, ...folders.flatMap(passedOverBelow)]
}

async function enter(dir: string, entered: Set<string>): Promise<FolderTree | undefined> {
  const real = await realPath(dir)
  if (entered.has(real)) return undefined
  entered.add(real)
  const { folders, ...own } = await readFolder(dir)
  const below: FolderTree[] = []
  for (const name of folders) {
    const tree = await enter(join(dir, name), entered)
    if (tree !== undefined) below.push(tree)
  }
  return { path: dir, name: basename(dir), ...withPaths(dir, own), folders: below }
}

/** The path without links. @throws NpluskError as `readTree` */
export async function realPath(dir: string): Promise<string> {
  try {
    return await realpath(dir)
  } catch (error) {
    throw unreadable(dir, error)
  }
}

/** What is directly in a folder. */
interface FolderContent {
  /** Names of pictures, sorted: a folder may hold a million of them, whose paths would be much longer. */
  readonly images: readonly string[]
  /** Names of subfolders, sorted. */
  readonly folders: readonly string[]
  readonly passedOver: readonly PassedOver[]
}

function withPaths(dir: string, { images, passedOver }: Omit<FolderContent, 'folders'>) {
  return { images: images.map((name) => join(dir, name)), passedOver }
}

/** What a link that leads nowhere counts as, where its name says enough. */
const plainFile: Entry = {
  isDirectory: () => false,
  isFile: () => true,
  isFIFO: () => false,
  isSocket: () => false,
}

/**
 * @param takesLost whether a link that leads nowhere is a picture, if it has a picture's name; else it is an error
 * @throws NpluskError as `readTree`
 */
export async function readFolder(dir: string, takesLost = false): Promise<FolderContent> {
  let entries: Dirent[]
  try {
    entries = await readdir(dir, { withFileTypes: true })
  } catch (error) {
    throw unreadable(dir, error)
  }
  const folders: string[] = []
  const images: string[] = []
  const unclear: string[] = []
  const passedOver: PassedOver[] = []
  for (const entry of entries) {
    const { name } = entry
    const file = join(dir, name)
    if (isSystemName(name, false)) continue
    const isHidden = name.startsWith('.')
    const isTaken = isHidden || (takesLost && isPictureName(name))
    const kind: Entry = entry.isSymbolicLink() ? await followLink(file, isTaken) : entry
    if (kind.isDirectory()) {
      if (!isSystemName(name, true)) folders.push(name)
    } else if (!kind.isFile()) passedOver.push({ file, kind: specialKind(kind) })
    else if (isHidden) passedOver.push({ file, kind: 'hidden file' })
    else if (isPictureName(name)) images.push(name)
    else unclear.push(name)
  }
  const kinds = await kindsOf(unclear.map((name) => join(dir, name)))
  unclear.forEach((name, i) => {
    const kind = kinds[i]!
    if ('picture' in kind) images.push(name)
    else passedOver.push({ file: join(dir, name), kind: kind.other })
  })
  // The default order of sort() is by UTF-16 code unit, and so the same everywhere.
  return { folders: folders.sort(), images: images.sort(), passedOver }
}

/** @param isTaken whether it counts as a file where it leads nowhere, which is an error otherwise */
async function followLink(path: string, isTaken: boolean): Promise<Entry> {
  try {
    return await stat(path)
  } catch (error) {
    if (isTaken) return plainFile
    throw new NpluskError('IO', `The link "${path}" leads nowhere; remove or mend it.`, {
      cause: error,
      data: { path },
    })
  }
}

function unreadable(dir: string, error: unknown): NpluskError {
  const options = { cause: error, data: { path: dir } }
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return new NpluskError('NOT_FOUND', `There is no folder "${dir}"; ${adviceOnPath(dir)}.`, options)
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
