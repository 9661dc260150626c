import pluralize from 'pluralize'
import type { ClassInfo } from './imagenet.js'

/**
 * Finds the old class that a new class's name denotes too. The name is compared with every synonym of every class,
 * ignoring case, separators and plurals; a WordNet id denotes its class.
 *
 * @returns the index of the class. A class with exactly that label comes first ("sunglasses" is not "sunglass"), then
 * one with it as first name, then one with it among its names; `undefined` where there is none
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

/** Normalises a name for comparison: words in lower case, separated by single spaces, the last in the singular. */
export function looseName(name: string): string {
  return pluralize.singular(
    name
      .normalize('NFC')
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim(),
  )
}
