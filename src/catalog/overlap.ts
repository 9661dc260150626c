import pluralize from 'pluralize'
import type { ClassInfo } from './imagenet.js'

/**
 * The old class that a new class's name also names, compared with every synonym of every class, in singular and plural,
 * whatever the case and the separators. A WordNet id names its class.
 *
 * @returns its index; the class with that very label goes first ("sunglasses" is not "sunglass"), then the one whose
 * first name it is, then one that merely has it among its names
 */
export function findOverlap(name: string, classes: readonly ClassInfo[]): number | undefined {
  const wanted = looseName(name)
  const byId = classes.findIndex(({ wnid }) => wnid === name)
  if (byId >= 0) return byId
  const labelled = classes.findIndex(({ label }) => label === name)
  if (labelled >= 0) return labelled
  const first = classes.findIndex(({ names }) => names[0] !== undefined && looseName(names[0]) === wanted)
  if (first >= 0) return first
  const any = classes.findIndex(({ names }) => names.some((other) => looseName(other) === wanted))
  return any >= 0 ? any : undefined
}

/** A name whatever its case, its separators and its number: words in lower case, the last in the singular. */
export function looseName(name: string): string {
  return pluralize.singular(
    name
      .normalize('NFC')
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim(),
  )
}
