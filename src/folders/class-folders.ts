import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { readClasses, type ClassFolder } from './folder.js'
import { checkNewName } from './label.js'
import { countByKind, describeKinds, type PassedOverKind } from './passed-over.js'

/** The classes found in some folders of class folders. */
export interface FoundClasses {
  readonly folders: readonly ClassFolder[]
  /** Files that belong to no class, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** Sentences about what the user may not have meant. */
  readonly warnings: readonly string[]
}

/**
 * Reads the classes in folders, and reports what is left out.
 *
 * @throws NpluskError as `readClasses`
 */
export async function findClasses(
  dirs: readonly string[],
  purpose: 'add' | 'evaluate',
  { onProgress }: CallOptions,
): Promise<FoundClasses> {
  const found = []
  for (const dir of dirs) found.push(await readClasses(dir, purpose))
  const warnings = found.flatMap((one) => one.warnings)
  const passedOver = countByKind(found.flatMap((one) => one.passedOver))
  for (const message of warnings) onProgress?.({ type: 'warning', code: 'FOLDERS', message })
  if (passedOver.length > 0) onProgress?.({ type: 'info', message: `Passed over: ${describeKinds(passedOver)}.` })
  return { folders: found.flatMap(({ classes }) => classes), passedOver, warnings }
}

/**
 * Checks classes whose files are named one by one, and brings them into the order of class folders.
 *
 * @throws NpluskError `BAD_INPUT` for a label that no folder may have, a class without files, and two of one label
 */
export function checkGivenClasses(classes: readonly ClassFolder[]): ClassFolder[] {
  const checked = classes.map(({ label, files }) => ({ label: checkNewName(label), files }))
  const empty = checked.find(({ files }) => files.length === 0)
  if (empty !== undefined) throw new NpluskError('BAD_INPUT', `The class "${empty.label}" has no pictures; add some.`)
  refuseTwins(checked)
  return checked.sort((a, b) => (a.label < b.label ? -1 : 1))
}

/** Folders of one label as one class, in the order in which labels come first. */
export function joinedFolders(folders: readonly ClassFolder[]): ClassFolder[] {
  const filesOf = new Map<string, string[]>()
  for (const { label, files } of folders) filesOf.set(label, [...(filesOf.get(label) ?? []), ...files])
  return [...filesOf].map(([label, files]) => ({ label, files }))
}

/**
 * Refuses two folders of one call that have a class of the same label.
 *
 * @throws NpluskError `BAD_INPUT` naming the label
 */
export function refuseTwins(folders: readonly ClassFolder[]): void {
  const seen = new Set<string>()
  for (const { label } of folders) {
    if (seen.has(label))
      throw new NpluskError(
        'BAD_INPUT',
        `Two of the folders to add have a class "${label}"; rename one, or add them one after the other.`,
      )
    seen.add(label)
  }
}
