import { basename, resolve } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { quotedNames } from '../core/quoted-names.js'
import { readFormatList } from '../image/kinds.js'
import { checkLabel, showsNothing } from './label.js'
import { findLayout, pictureFolders, unwrapped } from './layout.js'
import { refuseNested, refuseSplits, type Purpose } from './layout-refusal.js'
import { countByKind, describeKinds, type PassedOver, type PassedOverKind } from './passed-over.js'
import { imagesBelow, passedOverBelow, readTree, type FolderTree } from './walk.js'

/** One class and its pictures. */
export interface ClassFolder {
  /** The folder's name, in NFC. */
  readonly label: string
  /** Paths that begin with the folder as it was given, sorted; at least one. */
  readonly files: readonly string[]
}

/** The classes in a folder, and what else was found there. */
export interface ClassFolders {
  /** Sorted by label. */
  readonly classes: readonly ClassFolder[]
  /** Files that belong to no class. */
  readonly passedOver: readonly PassedOver[]
  /** Sentences about what the user may not have meant: where the classes were found, folders without pictures. */
  readonly warnings: readonly string[]
}

const besideClasses = 'picture beside the class folders'

/**
 * Reads the classes of a folder that holds one folder per class; pictures in subfolders belong to the class. A folder
 * with pictures and no subfolders is one class named after itself. A single folder around the class folders is entered.
 * Pictures are recognised by their content, or by a name with a picture's extension; files and folders left behind by
 * the system are ignored.
 *
 * @throws NpluskError `NOT_FOUND` where there is no such folder; `BAD_INPUT` if it is not a folder, holds no picture,
 * holds parts of a data set (`train`, `val`) or folders of class folders, or two classes have one label; `IO` if
 * something in it cannot be read
 */
export async function readClasses(dir: string, purpose: Purpose = 'add'): Promise<ClassFolders> {
  const tree = await readTree(dir)
  if (imagesBelow(tree).length === 0) throw noImages(dir, countByKind(passedOverBelow(tree)))
  const layout = findLayout(tree)
  if (layout.type === 'splits') throw refuseSplits(layout, purpose)
  if (layout.type === 'nested') throw refuseNested(layout, purpose)
  const { root } = layout
  const warnings =
    root === tree ? [] : [`The class folders are taken from "${root.path}", the only folder with pictures in "${dir}".`]
  const passedOver = passedOverBelow(tree)
  if (layout.type === 'one class') {
    const label = labelOf(root.path)
    const parts = pictureFolders(root).map(({ name }) => name)
    if (parts.length > 0)
      warnings.push(
        `The pictures in "${root.path}" are taken for one class, "${label}", with those of its folders ${quotedNames(parts)}.`,
      )
    return { classes: [{ label, files: imagesBelow(root) }], passedOver, warnings }
  }
  const strays = imagesBeside(tree, root)
  if (strays.length > 0) warnings.push(describeStrays(strays))
  const empty = root.folders.filter((folder) => !layout.classes.includes(folder))
  if (empty.length > 0) warnings.push(describeEmpty(empty))
  warnings.push(...layout.pooled.map(describePooled))
  return {
    classes: namedClasses(layout.classes),
    passedOver: [...strays.map((file) => ({ file, kind: besideClasses })), ...passedOver],
    warnings,
  }
}

/** The classes that `readClasses` finds, without the rest of its report. */
export async function listClasses(dir: string): Promise<readonly ClassFolder[]> {
  return (await readClasses(dir)).classes
}

/**
 * Every picture in a folder and its subfolders, sorted by path within each folder, and the files that are not pictures.
 *
 * @throws NpluskError `NOT_FOUND`, `IO`; `BAD_INPUT` if it is not a folder or holds no picture
 */
export async function readImages(dir: string): Promise<{ files: string[]; passedOver: PassedOver[] }> {
  const tree = await readTree(dir)
  const files = imagesBelow(tree)
  if (files.length === 0) throw noImages(dir, countByKind(passedOverBelow(tree)))
  return { files, passedOver: passedOverBelow(tree) }
}

/** The pictures that `readImages` finds. */
export async function listImages(dir: string): Promise<string[]> {
  return (await readImages(dir)).files
}

/** The pictures beside the class folders in `root`, and beside the folders around it. */
function imagesBeside(tree: FolderTree, root: FolderTree): string[] {
  return tree === root ? [...root.images] : [...tree.images, ...imagesBeside(pictureFolders(tree)[0]!, root)]
}

function namedClasses(folders: readonly FolderTree[]): ClassFolder[] {
  const folderOf = new Map<string, string>()
  const classes = folders.map((folder) => {
    const label = labelOf(folder.path)
    const twin = folderOf.get(label)
    if (twin !== undefined) {
      const both = `"${twin}" and "${folder.path}"`
      throw new NpluskError('BAD_INPUT', `The folders ${both} give one label, "${label}"; rename one of them.`)
    }
    folderOf.set(label, folder.path)
    return { label, files: imagesBelow(folder) }
  })
  return classes.sort((a, b) => compareText(a.label, b.label))
}

function labelOf(path: string): string {
  const name = basename(resolve(path))
  // A message with the name alone would show nothing.
  if (showsNothing(name))
    throw new NpluskError('BAD_INPUT', `The name of the class folder "${path}" shows nothing; rename the folder.`)
  return checkLabel(name)
}

/** By UTF-16 unit, so that the order does not depend on where the program runs. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function describeStrays(strays: readonly string[]): string {
  const [noun, verb, them] = strays.length === 1 ? ['picture', 'belongs', 'it'] : ['pictures', 'belong', 'them']
  return `${strays.length} ${noun} beside the class folders ${verb} to no class (${quotedNames(strays)}); put ${them} into a class folder.`
}

function describeEmpty(empty: readonly FolderTree[]): string {
  const [noun, verb] = empty.length === 1 ? ['folder', 'is'] : ['folders', 'are']
  return `No picture in the class ${noun} ${quotedNames(empty.map(({ path }) => path))}, which ${verb} left out.`
}

function describePooled(folder: FolderTree): string {
  const inner = pictureFolders(unwrapped(folder)).map(({ name }) => name)
  return `The class "${folder.name}" has no pictures of its own; those of its folders ${quotedNames(inner)} are taken together.`
}

/** The error for a folder without pictures. */
export function noImages(dir: string, kinds: readonly PassedOverKind[]): NpluskError {
  const found = kinds.length === 0 ? '' : ` (but ${describeKinds(kinds)})`
  return new NpluskError(
    'BAD_INPUT',
    `No picture in "${dir}"${found}; put in one folder per class with pictures (${readFormatList}).`,
  )
}
