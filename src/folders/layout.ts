import { looseSplitRole, splitRole, type SplitRole } from './split-names.js'
import { isStorageName } from './storage-names.js'
import type { FolderTree } from './walk.js'

/** A part of a data set: a folder of class folders, or of pictures alone. */
export interface Split {
  readonly folder: FolderTree
  readonly role: SplitRole
  readonly hasClasses: boolean
}

/** Where the classes of a folder are. */
export type Layout =
  /** One folder per class, in `root`, which is the given folder or one that it is wrapped around. */
  | {
      readonly type: 'classes'
      readonly root: FolderTree
      readonly classes: readonly FolderTree[]
      readonly pooled: readonly FolderTree[]
    }
  /** The pictures are of one class, named after the folder. */
  | { readonly type: 'one class'; readonly root: FolderTree }
  /** Folders such as `train` and `val`, with the classes in each, and other folders beside them. */
  | {
      readonly type: 'splits'
      readonly root: FolderTree
      readonly splits: readonly Split[]
      readonly others: readonly FolderTree[]
    }
  /** Some folders hold no pictures but folders of them, and it is not plain which of these are classes. */
  | { readonly type: 'nested'; readonly root: FolderTree; readonly nested: readonly FolderTree[] }

/** Finds out where in a folder the classes are; the folder must hold a picture somewhere. */
export function findLayout(root: FolderTree): Layout {
  const parts = pictureFolders(root)
  if (parts.length === 0) return { type: 'one class', root }
  const splits = findSplits(parts)
  if (splits.length > 0) {
    return {
      type: 'splits',
      root,
      splits,
      others: parts.filter((part) => splits.every(({ folder }) => folder !== part)),
    }
  }
  const [first, ...others] = parts
  if (others.length === 0 && isWrapper(first!)) return findLayout(first!)
  // Pictures, and more of them in folders by date or camera; or all of them in one folder that is called `images`.
  if (parts.every(({ name }) => isStorageName(name)) && (root.images.length >= parts.length || others.length === 0)) {
    return { type: 'one class', root }
  }
  const nested = parts.filter(isNested)
  const unclear = nested.filter((folder) => !isPooled(folder))
  if (unclear.length > 0) return { type: 'nested', root, nested: unclear }
  return { type: 'classes', root, classes: parts, pooled: nested }
}

/** The folders in a folder that hold a picture, themselves or further down. */
export function pictureFolders({ folders }: FolderTree): FolderTree[] {
  return folders.filter(holdsPictures)
}

/** A folder, or the one that it is wrapped around: as long as there is but one with pictures. */
export function unwrapped(folder: FolderTree): FolderTree {
  const [only, ...others] = pictureFolders(folder)
  return only === undefined || others.length > 0 ? folder : unwrapped(only)
}

function holdsPictures({ images, folders }: FolderTree): boolean {
  return images.length > 0 || folders.some(holdsPictures)
}

/**
 * Several folders with pictures, further down perhaps, and not even as many pictures beside them: some lie about
 * anywhere.
 */
function isNested(folder: FolderTree): boolean {
  const parts = pictureFolders(unwrapped(folder)).length
  return parts > 1 && imagesOnTheWay(folder) < parts
}

function imagesOnTheWay(folder: FolderTree): number {
  const [only, ...others] = pictureFolders(folder)
  const further = only === undefined || others.length > 0 ? 0 : imagesOnTheWay(only)
  return folder.images.length + further
}

/** Whether the only folder in another is wrapped around class folders, and no class itself. */
function isWrapper(folder: FolderTree): boolean {
  const hasFolders = pictureFolders(unwrapped(folder)).length > 1
  return (isNested(folder) || (hasFolders && isStorageName(folder.name))) && !isPooled(folder)
}

/** Whether the folders in a class folder say where its pictures came from, so that together they are one class. */
function isPooled(folder: FolderTree): boolean {
  return pictureFolders(unwrapped(folder)).every(({ name }) => isStorageName(name))
}

/**
 * The parts of a data set among some folders. A class may be called `train`, beside `bus`, and then it holds pictures
 * of its own; where all are called so, or there are class folders in one, they are parts.
 */
function findSplits(parts: readonly FolderTree[]): Split[] {
  if (parts.length < 2) return []
  const splits = parts.flatMap((folder): Split[] => {
    const role = splitRole(folder.name) ?? (isNested(folder) ? looseSplitRole(folder.name) : undefined)
    return role === undefined ? [] : [{ folder, role, hasClasses: hasClasses(folder) }]
  })
  return splits.length === parts.length || splits.some(({ folder }) => isNested(folder)) ? splits : []
}

/** Not so where the only folder in it says nothing of what the pictures show: `val/images`. */
function hasClasses(folder: FolderTree): boolean {
  const [only, ...others] = pictureFolders(folder)
  return only !== undefined && (others.length > 0 || isNested(folder) || !isStorageName(only.name))
}
