import { throwIfAborted } from '../../core/errors.js'
import type { Look } from '../../image/look.js'
import type { Duplicates } from '../findings.js'
import type { LabelledFile, PictureTable } from '../data-set/picture-table.js'
import { isSamePicture } from './same-picture.js'

/** How many of a picture's nearest neighbours are compared with it. */
export const comparedNeighbours = 8
/** How many pictures of a group decide whether another group is one with it. */
const maxJudged = 4

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
 * Groups grow by agreement with several of their pictures, so that no chain of doubtful pairs makes strangers one.
 *
 * @param pictures all pictures, the test images last
 * @returns [pictures] the first picture that each is a copy of, or its own place
 */
export function copiesByPixels(pictures: readonly ComparedPicture[], signal?: AbortSignal): number[] {
  const groupOf = pictures.map((_, i) => [i])
  const compared = new Map<number, boolean>()
  const isSame = (i: number, j: number): boolean => {
    const pair = Math.min(i, j) * pictures.length + Math.max(i, j)
    const known = compared.get(pair)
    if (known !== undefined) return known
    const [a, b] = [pictures[i]!.look, pictures[j]!.look]
    const same = a !== undefined && b !== undefined && isSamePicture(a.luma, b.luma)
    compared.set(pair, same)
    return same
  }
  pictures.forEach(({ neighbours }, i) => {
    throwIfAborted(signal)
    for (const j of neighbours) {
      const [a, b] = [groupOf[i]!, groupOf[j]!]
      if (a === b || !isSame(i, j) || !areMostlySame(a, b, isSame)) continue
      const merged = [...a, ...b].sort((one, other) => one - other)
      for (const member of merged) groupOf[member] = merged
    }
  })
  return groupOf.map(([first]) => first!)
}

/** Whether half of the pairs across two groups are one picture or more, judged by the first pictures of each. */
function areMostlySame(a: readonly number[], b: readonly number[], isSame: (i: number, j: number) => boolean): boolean {
  const pairs = a.slice(0, maxJudged).flatMap((i) => b.slice(0, maxJudged).map((j) => isSame(i, j)))
  return pairs.filter(Boolean).length >= pairs.length / 2
}

/**
 * The first copy of each picture in its own class. A changed copy in another class is a picture of its own, as one of
 * the two classes is wrong; equal files of several classes are not among the pictures to learn from.
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
      const labelsOf = (some: readonly LabelledFile[]) => [
        ...new Set(some.flatMap(({ column }) => (column < 0 ? [] : [columnNames[column]!]))),
      ]
      const labels = labelsOf(members)
      const testLabels = labels.length - labelsOf(members.filter(({ isTest }) => !isTest)).length
      const first = twinsOf.get(keyOf(members[0]!))
      const isExact = first !== undefined && members.every((one) => twinsOf.get(keyOf(one)) === first)
      return {
        files: members.map(({ file }) => file),
        labels,
        ...(testLabels > 0 ? { testLabels } : {}),
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
