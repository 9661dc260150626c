import { basename, dirname } from 'node:path'
import type { ClassInfo } from './imagenet.js'

/**
 * Labels image files by their paths: by a WordNet id in the name of the file or of its folder, else by a folder named
 * after a class, or numbered where the classes have no names. A folder's name is compared as it is, and else regardless
 * of case, where that tells one class.
 *
 * @returns a function from paths to class indices, -1 where the path gives no class
 */
export function classByPath(classes: readonly ClassInfo[]): (file: string) => number {
  const byLabel = new Map(classes.map(({ label }, i) => [label.normalize('NFC'), i]))
  // -1 for a name that several labels share: ImageNet has a Cardigan, which is a dog, and a cardigan.
  const byName = new Map<string, number>()
  classes.forEach(({ label }, i) => byName.set(normalised(label), byName.has(normalised(label)) ? -1 : i))
  const byWnid = new Map(classes.flatMap(({ wnid }, i) => (wnid === undefined ? [] : [[wnid, i] as const])))
  return (file) => {
    const folder = basename(dirname(file))
    for (const name of [basename(file), folder]) {
      const found = byWnid.get(/n\d{8}/.exec(name)?.[0] ?? '')
      if (found !== undefined) return found
    }
    const number = /^\d+$/.test(folder) ? `class ${Number(folder)}` : folder
    return byLabel.get(folder.normalize('NFC')) ?? byName.get(normalised(folder)) ?? byName.get(number) ?? -1
  }
}

function normalised(name: string): string {
  return name.normalize('NFC').trim().toLowerCase().replaceAll('_', ' ')
}
