import type { Warn } from '../core/progress.js'
import type { Increment } from '../bundle/manifest.js'

/** Warns of classes whose names a person cannot tell apart: they differ only in case or in invisible characters. */
export function warnOfConfusableNames(
  classes: readonly { readonly folder: string }[],
  earlier: readonly Pick<Increment, 'classes'>[],
  warn: Warn,
): void {
  const known = new Map<string, Set<string>>()
  const alike = (name: string): Set<string> => {
    const names = known.get(asSeen(name)) ?? new Set()
    known.set(asSeen(name), names)
    return names
  }
  for (const { folder, label, mergedInto } of earlier.flatMap((increment) => increment.classes)) {
    // A class that was renamed has a label that is no folder's name.
    for (const name of mergedInto === undefined ? [label, folder] : [folder]) alike(name).add(name)
  }
  for (const { folder } of classes) {
    const names = alike(folder)
    const twin = [...names].at(-1)
    const isNew = !names.has(folder)
    names.add(folder)
    if (twin === undefined || !isNew) continue
    const how = twin.toLowerCase() === folder.toLowerCase() ? 'by case' : 'by characters that do not show'
    warn(
      'CONFUSABLE_NAME',
      `"${folder}" and "${twin}" differ ${how} alone, and are two classes; if they are one, give both one name.`,
    )
  }
}

/** Reduces a name to what a reader sees: compatibility forms, case, spaces and format characters are unified. */
function asSeen(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase()
}
