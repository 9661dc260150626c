import { basename, dirname } from 'node:path'
import type { ClassInfo } from './imagenet.js'

/**
 * Tells the class of a picture by the WordNet id in its name or in its folder's, else by a folder that bears a class's
 * label, or its number where the classes have no names.
 *
 * @returns a function from paths to class indices, -1 where nothing tells
 */
export function classByPath(classes: readonly ClassInfo[]): (file: string) => number {
  const byName = new Map<string, number>()
  classes.forEach(({ label }, i) => byName.set(plain(label), i))
  const byWnid = new Map(classes.flatMap(({ wnid }, i) => (wnid === undefined ? [] : [[wnid, i] as const])))
  return (file) => {
    const folder = basename(dirname(file))
    for (const name of [basename(file), folder]) {
      const found = byWnid.get(/n\d{8}/.exec(name)?.[0] ?? '')
      if (found !== undefined) return found
    }
    const number = /^\d+$/.test(folder) ? `class ${Number(folder)}` : folder
    return byName.get(plain(folder)) ?? byName.get(number) ?? -1
  }
}

function plain(name: string): string {
  return name.normalize('NFC').trim().toLowerCase().replaceAll('_', ' ')
}
