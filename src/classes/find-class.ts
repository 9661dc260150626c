import { NpluskError } from '../core/errors.js'
import { quotedNames } from '../core/quoted-names.js'
import { normaliseLabel } from '../folders/label.js'
import { nearestNames } from '../catalog/known-nearest.js'
import { looseName } from '../catalog/overlap.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import { entriesNamed, type AddedNames } from './added-classes.js'

/** The columns of a classifier, with all their names. */
export interface NamedColumns {
  /** The old classes, columns 0 to N − 1. */
  readonly base: readonly ClassInfo[]
  /** The added classes; several of them may share a column, with each other or with an old class. */
  readonly added: readonly (AddedNames & { readonly column: number })[]
}

/**
 * Finds the columns that a name refers to. It is compared with WordNet ids, labels of added classes, their folder
 * names, names of old classes, and then with names regardless of case and of singular or plural; the first rule that
 * matches decides. So `daisy` is the added daisy, whatever its label, as for `extendModel`; the old one has a WordNet
 * id. Names are compared in NFC.
 *
 * @returns no column, one, or several if the name is ambiguous
 */
export function findColumns(name: string, { base, added }: NamedColumns): number[] {
  const wanted = normaliseLabel(name)
  const isWanted = (other: string) => normaliseLabel(other) === wanted
  const alike = (simplify: (name: string) => string) => {
    const simplified = simplify(wanted)
    const isAlike = (other: string) => simplify(other) === simplified
    const found = added.filter(({ label, folder }) => isAlike(label) || isAlike(folder))
    return found.length > 0 ? found.map(({ column }) => column) : oldColumns(base, isAlike)
  }
  const rules = [
    () => [...base.keys()].filter((column) => base[column]!.wnid === wanted.toLowerCase()),
    () => entriesNamed(name, added).map(({ column }) => column),
    () => oldColumns(base, isWanted),
    // `ROSES` is `roses` rather than `rose`.
    () => alike(ignoringCase),
    () => alike(looseName),
  ]
  for (const find of rules) {
    const found = new Set(find())
    if (found.size > 0) return [...found].sort((a, b) => a - b)
  }
  return []
}

/**
 * Finds the column of the class that a folder shows.
 *
 * @param labels every column's label
 * @returns `undefined` if the folder names no class
 * @throws NpluskError `BAD_INPUT` if it may mean several
 */
export function columnOfFolder(
  folder: string,
  columns: NamedColumns,
  labels: readonly { readonly label: string }[],
): number | undefined {
  const found = findColumns(folder, columns)
  if (found.length < 2) return found[0]
  const names = found.map((column) => labels[column]!.label)
  throw new NpluskError(
    'BAD_INPUT',
    `The folder "${folder}" may mean the class ${quotedNames(names, 'or')}; rename it to one of these labels.`,
    { data: { folder, labels: names } },
  )
}

/**
 * The error for folders that name no class; it lists the labels nearest to the first of them.
 *
 * @param folders at least one
 */
export function unknownFolders(folders: readonly string[], labels: readonly { readonly label: string }[]): NpluskError {
  const folder = folders[0]!
  const nearest = nearestNames(
    folder,
    labels.map(({ label }) => label),
  ).slice(0, 5)
  const others = folders.length === 1 ? '' : ` (and ${folders.length - 1} more)`
  return new NpluskError(
    'BAD_INPUT',
    `The folder "${folder}"${others} names no class of this model; the nearest labels are ${quotedNames(nearest, 'and')}.`,
    { data: { folder, nearest, folders }, remedy: { kind: 'rename-or-skip', folders: folders.length } },
  )
}

/**
 * The old classes with a name: those whose label it is, else those whose first name it is, else those with it among
 * their names.
 */
function oldColumns(base: readonly ClassInfo[], isAlike: (name: string) => boolean): number[] {
  const rules = [
    ({ label }: ClassInfo) => isAlike(label),
    ({ names }: ClassInfo) => names[0] !== undefined && isAlike(names[0]),
    ({ names }: ClassInfo) => names.some(isAlike),
  ]
  for (const matches of rules) {
    const columns = [...base.keys()].filter((column) => matches(base[column]!))
    if (columns.length > 0) return columns
  }
  return []
}

function ignoringCase(name: string): string {
  return normaliseLabel(name).toLowerCase()
}
