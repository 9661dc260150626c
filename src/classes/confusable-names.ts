import type { Warn } from '../core/progress.js'
import type { Increment } from '../bundle/manifest.js'

/** Warns of classes whose names a person cannot tell apart: they differ only in case or in invisible characters. */
export function warnOfConfusableNames(
  classes: readonly { readonly folder: string }[],
  earlier: readonly Pick<Increment, 'classes'>[],
  warn: Warn,
): void {
  const known = new Map<string, string>()
  for (const { folder } of earlier.flatMap((increment) => increment.classes)) known.set(asSeen(folder), folder)
  for (const { folder } of classes) {
    const twin = known.get(asSeen(folder))
    known.set(asSeen(folder), folder)
    if (twin === undefined || twin === folder) continue
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
