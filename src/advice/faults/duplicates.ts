import { throwIfAborted } from '../../core/errors.js'
import type { Look } from '../../image/look.js'
import type { Duplicates } from '../findings.js'
import type { LabelledFile, PictureTable } from '../data-set/picture-table.js'
import { isSamePicture } from './same-picture.js'

/** How many of a picture's nearest neighbours are compared with it. */
export const comparedNeighbours = 8

/** A picture, what it looks like, and the pictures whose features are nearest. */
export interface ComparedPicture extends LabelledFile {
  readonly look: Look | undefined
  readonly neighbours: readonly number[]
}

/**
 * Finds pictures that are there several times: files of equal content, and copies that were re-encoded, reduced or
 * cropped a little. A picture's nearest neighbours by features are candidates, and their pixels decide: features alone
 * would take second shots of one scene for copies.
 *
 * @param pictures all pictures, the test images last
 * @returns [pictures] the first picture that each is a copy of, or its own place
 */
export function copiesByPixels(pictures: readonly ComparedPicture[], signal?: AbortSignal): number[] {
  const parent = pictures.map((_, i) => i)
  const rootOf = (i: number): number => (parent[i] === i ? i : (parent[i] = rootOf(parent[i]!)))
  const compared = new Set<number>()
  pictures.forEach(({ look, neighbours }, i) => {
    throwIfAborted(signal)
    for (const j of neighbours) {
      const pair = Math.min(i, j) * pictures.length + Math.max(i, j)
      const other = pictures[j]!.look
      if (compared.has(pair) || look === undefined || other === undefined) continue
      compared.add(pair)
      const [a, b] = [rootOf(i), rootOf(j)]
      if (a !== b && isSamePicture(look.luma, other.luma)) parent[Math.max(a, b)] = Math.min(a, b)
    }
  })
  return parent.map((_, i) => rootOf(i))
}

/**
 * The first copy of each picture in its own class. A copy in another class is a picture of its own, as one of the two
 * classes is wrong.
 *
 * @param roots the result of `copiesByPixels`
 */
export function firstCopies(pictures: readonly LabelledFile[], roots: readonly number[]): number[] {
  const firstOf = new Map<string, number>()
  return pictures.map(({ column }, i) => {
    const key = `${roots[i]!}:${column}`
    if (!firstOf.has(key)) firstOf.set(key, i)
    return firstOf.get(key)!
  })
}

/**
 * Groups of files that show one picture, as a finding: across training and test images first, then across classes.
 *
 * @param pictures as in `copiesByPixels`
 * @param roots its result
 * @param columnNames names of the columns
 */
export function describeDuplicates(
  pictures: readonly LabelledFile[],
  roots: readonly number[],
  twins: PictureTable['twins'],
  columnNames: readonly string[],
): Duplicates[] {
  const twinsOf = new Map(twins.flatMap((group) => group.map((one) => [keyOf(one), group] as const)))
  const groups = new Map<number, Map<string, LabelledFile>>()
  pictures.forEach((picture, i) => {
    const group = groups.get(roots[i]!) ?? new Map<string, LabelledFile>()
    for (const one of twinsOf.get(keyOf(picture)) ?? [picture]) group.set(keyOf(one), one)
    groups.set(roots[i]!, group)
  })
  // Equal files of several classes are pictures of their own each; their groups are one.
  const merged = mergeByKey([...groups.values()].filter((group) => group.size > 1))
  return merged
    .map((group): Duplicates => {
      const members = [...group.values()].sort((a, b) => Number(a.isTest ?? false) - Number(b.isTest ?? false))
      const known = members.filter(({ column }) => column >= 0)
      const first = twinsOf.get(keyOf(members[0]!))
      const isExact = first !== undefined && members.every((one) => twinsOf.get(keyOf(one)) === first)
      return {
        files: members.map(({ file }) => file),
        labels: [...new Set(known.map(({ column }) => columnNames[column]!))],
        kind: isExact ? 'exact' : 'near',
        test: members.filter(({ isTest }) => isTest).length,
      }
    })
    .sort((a, b) => severity(b) - severity(a))
}

/** The test may be the folder itself, so that a path alone does not name an image. */
function keyOf({ file, isTest = false }: LabelledFile): string {
  return `${isTest ? 'test' : 'training'}:${file}`
}

/** A test image that is a training image, then a contradiction, then the larger group. */
function severity({ files, labels, test }: Duplicates): number {
  const across = test > 0 && test < files.length
  return (across ? 2e6 : 0) + (labels.length > 1 ? 1e6 : 0) + files.length
}

function mergeByKey(groups: readonly Map<string, LabelledFile>[]): Map<string, LabelledFile>[] {
  const groupOf = new Map<string, Map<string, LabelledFile>>()
  const merged = new Set<Map<string, LabelledFile>>()
  for (const group of groups) {
    const whole = new Map(group)
    for (const key of group.keys()) {
      const earlier = groupOf.get(key)
      if (earlier === undefined) continue
      for (const [other, one] of earlier) whole.set(other, one)
      merged.delete(earlier)
    }
    merged.add(whole)
    for (const key of whole.keys()) groupOf.set(key, whole)
  }
  return [...merged]
}
