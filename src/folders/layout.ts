import { looseSplitRole, splitRole, type SplitRole } from './split-names.js'
import { isStorageName } from './storage-names.js'
import type { FolderTree } from './walk.js'

/** A part of a data set: a folder of class folders, or of pictures alone. */
export interface Split {
  readonly folder: FolderTree
  readonly role: SplitRole
  readonly hasClasses: boolean
}

/** Where in a folder the classes are. */
export type Layout =
  /**
   * One folder per class, in `root`, which is the given folder or one inside it that it merely wraps. `pooled` are the
   * classes whose pictures lie in several subfolders.
   */
  | {
      readonly type: 'classes'
      readonly root: FolderTree
      readonly classes: readonly FolderTree[]
      readonly pooled: readonly FolderTree[]
    }
  /** All pictures are of one class, named after the folder. */
  | { readonly type: 'one class'; readonly root: FolderTree }
  /** Folders such as `train` and `val`, with the classes in each, and other folders beside them. */
  | {
      readonly type: 'splits'
      readonly root: FolderTree
      readonly splits: readonly Split[]
      readonly others: readonly FolderTree[]
    }
  /** Some folders hold folders of pictures instead of pictures, and it is unclear which of these are classes. */
  | { readonly type: 'nested'; readonly root: FolderTree; readonly nested: readonly FolderTree[] }

/** Finds where in a folder the classes are; the folder must hold at least one picture, at any depth. */
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
  // Either pictures, with more of them in folders by date or camera; or all of them in one folder called `images`.
  if (parts.every(({ name }) => isStorageName(name)) && (root.images.length >= parts.length || others.length === 0)) {
    return { type: 'one class', root }
  }
  const nested = parts.filter(isNested)
  const unclear = nested.filter((folder) => !isPooled(folder))
  if (unclear.length > 0) return { type: 'nested', root, nested: unclear }
  return { type: 'classes', root, classes: parts, pooled: nested }
}

/** The subfolders that hold a picture, at any depth. */
export function pictureFolders({ folders }: FolderTree): FolderTree[] {
  return folders.filter(holdsPictures)
}

/** Enters a folder as long as exactly one of its subfolders holds pictures. */
export function unwrapped(folder: FolderTree): FolderTree {
  const [only, ...others] = pictureFolders(folder)
  return only === undefined || others.length > 0 ? folder : unwrapped(only)
}

function holdsPictures({ images, folders }: FolderTree): boolean {
  return images.length > 0 || folders.some(holdsPictures)
}

/**
 * Whether a folder holds, perhaps further down, several folders with pictures, and fewer pictures beside them than
 * folders: a few stray pictures are common.
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

/** Whether the only subfolder of a folder wraps class folders rather than being a class itself. */
function isWrapper(folder: FolderTree): boolean {
  const hasFolders = pictureFolders(unwrapped(folder)).length > 1
  return (isNested(folder) || (hasFolders && isStorageName(folder.name))) && !isPooled(folder)
}

/** Whether the subfolders of a class folder only say where pictures came from, so that together they are one class. */
function isPooled(folder: FolderTree): boolean {
  return pictureFolders(unwrapped(folder)).every(({ name }) => isStorageName(name))
}

/**
 * The parts of a data set among some folders. A class may be called `train`, beside `bus`, but then it holds pictures
 * of its own. The folders are parts if all have such names, or if one of them holds class folders.
 */
function findSplits(parts: readonly FolderTree[]): Split[] {
  if (parts.length < 2) return []
  const splits = parts.flatMap((folder): Split[] => {
    const role = splitRole(folder.name) ?? (isNested(folder) ? looseSplitRole(folder.name) : undefined)
    return role === undefined ? [] : [{ folder, role, hasClasses: hasClasses(folder) }]
  })
  return splits.length === parts.length || splits.some(({ folder }) => isNested(folder)) ? splits : []
}

/**
 * Whether a part of a data set has class folders: not where its only subfolder has a name that says nothing about the
 * pictures, as in `val/images`.
 */
function hasClasses(folder: FolderTree): boolean {
  const [only, ...others] = pictureFolders(folder)
  return only !== undefined && (others.length > 0 || isNested(folder) || !isStorageName(only.name))
}
