import { readFile } from 'node:fs/promises'
import { assetPath } from '../core/assets.js'

/** One class of a classifier. */
export interface ClassInfo {
  /** Unique among the classifier's classes. */
  readonly label: string
  /** WordNet id, `n` and eight digits, where known. */
  readonly wnid?: string
  /** All names of the class, the main one first. */
  readonly names: readonly string[]
}

/** The 1000 classes of ILSVRC 2012 in the usual order, by WordNet id. */
export async function imagenetClasses(): Promise<ClassInfo[]> {
  const text = await readFile(assetPath('imagenet-classes.tsv'), 'utf8')
  const rows = text.trim().split('\n').slice(1)
  return uniqueLabels(
    rows.map((row) => {
      const [, wnid, names] = row.split('\t')
      return { wnid: wnid!, names: names!.split(', ') }
    }),
  )
}

/**
 * Gives every class a unique label: its first name; its second, where two classes share the first; with its WordNet id
 * where there is no second (both cranes).
 */
function uniqueLabels(classes: readonly { wnid: string; names: string[] }[]): ClassInfo[] {
  const sharing = (labels: readonly string[]) => {
    const seen = new Set<string>()
    return new Set(labels.filter((label) => seen.size === seen.add(label).size))
  }
  const firstNames = classes.map(({ names }) => names[0]!)
  const sharedNames = sharing(firstNames)
  const byName = classes.map(({ names }) => (sharedNames.has(names[0]!) ? (names[1] ?? names[0]!) : names[0]!))
  const stillShared = sharing(byName)
  return classes.map(({ wnid, names }, i) => ({
    label: stillShared.has(byName[i]!) ? `${byName[i]} (${wnid})` : byName[i]!,
    wnid,
    names,
  }))
}
