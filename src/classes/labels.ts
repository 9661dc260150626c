import { columnsOf, type AddedColumn } from '../bundle/columns.js'
import type { AddedClass, Increment } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { Warn } from '../core/progress.js'
import { quotedNames } from '../core/quoted-names.js'
import type { ClassFolder } from '../folders/folder.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import { findOverlap } from '../catalog/overlap.js'
import { addedClassesNamed } from './added-classes.js'
import { warnOfConfusableNames } from './confusable-names.js'

/** A class to be added: its files, and an `AddedClass` without the number of images. */
export interface NewClass extends Omit<AddedClass, 'images'> {
  readonly files: readonly string[]
  /** Whether the class exists already and only receives more images. */
  readonly grows: boolean
}

/** What to do with a class whose name is taken. */
export type Overlap = 'separate' | 'merge' | 'error'

const overlaps: readonly Overlap[] = ['separate', 'merge', 'error']

export interface NamingOptions {
  readonly increment: string
  /** @default `separate` for an old class's name, `merge` for that of a class added earlier */
  readonly overlap?: Overlap | undefined
  readonly base: readonly ClassInfo[]
  readonly earlier: readonly Increment[]
  readonly warn: Warn
}

/**
 * Gives every new class its label. A class named like one added earlier makes that class grow; one named like an old
 * class is kept apart as `NAME (INCREMENT)`. `overlap` changes both.
 *
 * @throws NpluskError `USAGE` for an `overlap` that there is not; `CONFLICT` on an overlap if `overlap` is `error`,
 * when a name may mean several added classes, or when two folders would be the same class
 */
export function nameClasses(folders: readonly ClassFolder[], options: NamingOptions): NewClass[] {
  const { increment, overlap, base, earlier, warn } = options
  if (overlap !== undefined && !overlaps.includes(overlap)) {
    throw new NpluskError('USAGE', `overlap must be one of ${overlaps.join(', ')}, not ${String(overlap)}.`)
  }
  const columns = columnsOf(earlier)
  const taken = new Set([...base, ...columns].map(({ label }) => label))
  const named = folders.map(({ label: folder, files }): NewClass => {
    const old = findOverlap(folder, base)
    const [added, ...others] = addedClasses(folder, old === undefined ? undefined : base[old], earlier, columns)
    if (others.length > 0 && overlap !== 'separate') throw ambiguousFolder(folder, [added!, ...others])
    if (overlap === 'error') refuseOverlap(folder, added, old, base)
    if (added !== undefined && overlap !== 'separate') {
      if (isRenamed(added.label, folder, base[old ?? -1]))
        warn('RENAMED_CLASS', `"${folder}" is more of the class "${added.label}", which was renamed.`, keepApart)
      return { folder, ...identityOf(added), files, grows: true }
    }
    if (old !== undefined && overlap === 'merge') {
      const label = base[old]!.label
      return { folder, label, mergedInto: old, files, grows: columns.some((column) => column.mergedInto === old) }
    }
    const name = base[old ?? -1]?.wnid === folder ? base[old!]!.label : folder
    const label = taken.has(name) ? unusedLabel(`${name} (${increment})`, taken) : name
    taken.add(label)
    if (added !== undefined) warn('OVERLAP', competing(folder, added.label, label), mergeThem)
    else if (old !== undefined) warn('OVERLAP', besideOld(folder, old, base, label), mergeThem)
    return { folder, label, files, grows: false }
  })
  refuseSameClass(named)
  warnOfConfusableNames(named, earlier, warn)
  return named
}

/** The added classes that a folder's name refers to; a WordNet id and the label of its class are equivalent. */
function addedClasses(
  folder: string,
  old: ClassInfo | undefined,
  earlier: readonly Increment[],
  columns: readonly AddedColumn[],
): AddedColumn[] {
  const named = addedClassesNamed(folder, earlier, columns)
  const other = folder === old?.wnid ? old.label : folder === old?.label ? old.wnid : undefined
  return named.length > 0 || other === undefined ? named : addedClassesNamed(other, earlier, columns)
}

function ambiguousFolder(folder: string, matches: readonly AddedColumn[]): NpluskError {
  const labels = matches.map(({ label }) => label)
  return new NpluskError('CONFLICT', `"${folder}" may mean any of the added classes ${quotedNames(labels)}.`, {
    data: { folder, labels },
    remedy: { kind: 'rename-or-separate' },
  })
}

function identityOf({ label, mergedInto }: AddedColumn): Pick<AddedClass, 'label' | 'mergedInto'> {
  return mergedInto === undefined ? { label } : { label, mergedInto }
}

function refuseOverlap(
  folder: string,
  added: AddedColumn | undefined,
  old: number | undefined,
  base: readonly ClassInfo[],
): void {
  if (added !== undefined) {
    throw new NpluskError(
      'CONFLICT',
      `The new class "${folder}" is the class "${added.label}", which was added earlier.`,
      { remedy: { kind: 'merge-or-separate', merging: 'to give it more pictures' } },
    )
  }
  if (old !== undefined) {
    throw new NpluskError('CONFLICT', `The new class "${folder}" is the old class ${old} (${base[old]!.label}).`, {
      remedy: { kind: 'merge-or-separate', merging: 'to train that class' },
    })
  }
}

/** Refuses two folders that would be the same class. */
function refuseSameClass(classes: readonly NewClass[]): void {
  const folderOf = new Map<string, NewClass>()
  for (const one of classes) {
    const { folder, label, mergedInto } = one
    const twin = folderOf.get(label)
    if (twin !== undefined) {
      const what = mergedInto === undefined ? `the class "${label}"` : `the old class ${mergedInto} (${label})`
      throw new NpluskError(
        'CONFLICT',
        `The new classes "${twin.folder}" and "${folder}" are both ${what}; put their images into one folder.`,
      )
    }
    folderOf.set(label, one)
  }
}

/** Whether a class has a label that it cannot have got from its folder. */
function isRenamed(label: string, folder: string, old: ClassInfo | undefined): boolean {
  return ![folder, old?.label, old?.wnid].some((name) => label === name || label.startsWith(`${name} (`))
}

const keepApart = { kind: 'keep-apart' } as const
const mergeThem = { kind: 'merge-classes' } as const

function competing(folder: string, earlier: string, label: string): string {
  return `"${folder}" is also the class "${earlier}", which was added earlier; both are kept, the new one as "${label}", and compete for the same pictures.`
}

function besideOld(folder: string, old: number, base: readonly ClassInfo[], label: string): string {
  return `"${folder}" is also the old class ${old} (${base[old]!.label}); both are kept, the new one as "${label}".`
}

function unusedLabel(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 2, label = wanted; ; n++) {
    if (!taken.has(label)) return label
    label = `${wanted} ${n}`
  }
}
