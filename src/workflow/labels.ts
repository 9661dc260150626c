import type { AddedClass, Increment } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { ClassFolder } from '../image/folder.js'
import { checkLabel } from '../image/label.js'
import { findOverlap } from '../model/overlap.js'
import type { ClassInfo } from '../model/imagenet.js'

/** A class about to be added: the contents of `AddedClass` before its images are counted, and its files. */
export interface NewClass extends Omit<AddedClass, 'images'> {
  readonly files: readonly string[]
}

export interface NamingOptions {
  readonly increment: string
  readonly overlap: 'separate' | 'merge' | 'error'
  readonly base: readonly ClassInfo[]
  readonly earlier: readonly Increment[]
  readonly warn: (code: string, message: string) => void
}

/**
 * Gives every new class its label. One that bears the name of an old class is kept apart as `NAME (INCREMENT)`, merged into the
 * old class, or refused; one that bears the name of an earlier added class is kept apart.
 *
 * @throws NpluskError `CONFLICT` when the increment's name is taken, on an overlap where that was asked for, or when two of the
 * folders would be merged into one old class
 */
export function nameClasses(folders: readonly ClassFolder[], options: NamingOptions): NewClass[] {
  const { increment, overlap, base, earlier, warn } = options
  checkLabel(increment, 'name')
  if (increment === 'base') {
    throw new NpluskError('CONFLICT', 'The name "base" stands for the old classes; give another --name.')
  }
  if (earlier.some(({ name }) => name === increment)) {
    throw new NpluskError(
      'CONFLICT',
      `The bundle already has an increment "${increment}"; give another --name, or take it out first with "extend remove ${increment}".`,
    )
  }
  const taken = new Set([
    ...base.map(({ label }) => label),
    ...earlier.flatMap(({ classes }) => classes.map(({ label }) => label)),
  ])
  const folderMergedInto = new Map<number, string>()
  return folders.map(({ label: folder, files }) => {
    const old = findOverlap(folder, base)
    if (old !== undefined && overlap === 'error') {
      throw new NpluskError(
        'CONFLICT',
        `The new class "${folder}" is the old class ${old} (${base[old]!.label}); use --overlap merge to train that class, or --overlap separate to keep both.`,
      )
    }
    if (old !== undefined && overlap === 'merge') {
      const twin = folderMergedInto.get(old)
      if (twin !== undefined) {
        throw new NpluskError(
          'CONFLICT',
          `The new classes "${twin}" and "${folder}" are both the old class ${old} (${base[old]!.label}); put their images into one folder.`,
        )
      }
      folderMergedInto.set(old, folder)
      return { folder, label: base[old]!.label, mergedInto: old, files }
    }
    const label = taken.has(folder) ? unusedLabel(`${folder} (${increment})`, taken) : folder
    taken.add(label)
    if (old !== undefined) {
      warn(
        'OVERLAP',
        `"${folder}" is also the old class ${old} (${base[old]!.label}); both are kept, the new one as "${label}". Use --overlap merge to make them one.`,
      )
    }
    return { folder, label, files }
  })
}

function unusedLabel(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 2, label = wanted; ; n++) {
    if (!taken.has(label)) return label
    label = `${wanted} ${n}`
  }
}
