import { basename, join, resolve } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { checkLabel } from './label.js'
import { imageExtensions, readFolder, walkImages } from './walk.js'

/** One class and its pictures. */
export interface ClassFolder {
  /** The folder's name, in NFC. */
  readonly label: string
  /** Paths below the folder as it was given, sorted; at least one. */
  readonly files: readonly string[]
}

/**
 * The classes in a folder that holds one folder per class, sorted by label; pictures in folders further down belong
 * to the class. A folder with pictures and no folders is one class named after itself. Hidden files, `__MACOSX`, what
 * is no picture by its extension, and pictures beside class folders are passed over.
 *
 * @throws NpluskError `NOT_FOUND` where there is no such folder; `BAD_INPUT` if it is not a folder, holds no picture,
 * has a class without one, or two classes with one label; `IO` if something in it cannot be read
 */
export async function listClasses(dir: string): Promise<ClassFolder[]> {
  const { folders, images } = await readFolder(dir)
  if (folders.length === 0) {
    if (images.length === 0) throw noImages(dir)
    return [{ label: checkLabel(basename(resolve(dir))), files: images.map((name) => join(dir, name)) }]
  }

  const folderOf = new Map<string, string>()
  const classes: ClassFolder[] = []
  const empty: string[] = []
  for (const name of folders) {
    const label = checkLabel(name)
    const twin = folderOf.get(label)
    if (twin !== undefined) {
      const both = `"${join(dir, twin)}" and "${join(dir, name)}"`
      throw new NpluskError('BAD_INPUT', `The folders ${both} give one label, "${label}"; rename one of them.`)
    }
    folderOf.set(label, name)
    const files = await walkImages(join(dir, name), [dir])
    if (files.length === 0) empty.push(join(dir, name))
    classes.push({ label, files })
  }
  if (empty.length === folders.length && images.length === 0) throw noImages(dir)
  if (empty.length > 0) {
    const names = empty.map((path) => `"${path}"`).join(', ')
    const noun = empty.length === 1 ? 'class folder' : 'class folders'
    const message = `No picture in the ${noun} ${names}; add some or remove the folder.`
    throw new NpluskError('BAD_INPUT', message, { data: { folders: empty } })
  }
  return classes.sort((a, b) => compareText(a.label, b.label))
}

/**
 * Every picture in a folder and the folders in it, sorted by path.
 *
 * @throws NpluskError as `listClasses`
 */
export async function listImages(dir: string): Promise<string[]> {
  const files = await walkImages(dir, [])
  if (files.length === 0) throw noImages(dir)
  return files
}

/** By UTF-16 unit, so that the order does not depend on where the program runs. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function noImages(dir: string): NpluskError {
  const known = imageExtensions.join(' ')
  return new NpluskError(
    'BAD_INPUT',
    `No picture in "${dir}"; put in one folder per class with files that end in ${known}.`,
  )
}
