import type { SimilarClasses } from '../findings.js'
import { fewestToJudge } from '../data-set/class-counts.js'
import type { LabelledFile } from '../data-set/picture-table.js'

/** An image that is taken for the other class of a pair. */
interface Taken {
  readonly file: string
  /** The column that it is of. */
  readonly from: number
  readonly probability: number
}

/** Images listed of a pair. */
const maxFiles = 12

/**
 * Finds pairs of classes of which images are taken for the other one, by heads that did not see the image.
 *
 * @param firsts [images] the first copy of each in its class: copies count once
 * @param probabilities row-major [images × columns], among the added classes alone
 * @param columnNames names of the columns
 * @param pictures [columns] different pictures that heads learned from; classes with hardly any are left out
 */
export function similarClasses(
  images: readonly LabelledFile[],
  firsts: readonly number[],
  probabilities: Float32Array,
  columnNames: readonly string[],
  pictures: ArrayLike<number>,
): SimilarClasses[] {
  const k = columnNames.length
  const counts = new Array<number>(k).fill(0)
  const taken = new Map<string, Taken[]>()
  images.forEach(({ file, column }, i) => {
    if (firsts[i] !== i || pictures[column]! < fewestToJudge) return
    counts[column]!++
    const own = probabilities.subarray(i * k, (i + 1) * k)
    const best = own.indexOf(Math.max(...own))
    if (best === column) return
    const pair = `${Math.min(best, column)} ${Math.max(best, column)}`
    const one = { file, from: column, probability: own[best]! }
    const before = taken.get(pair)
    if (before) before.push(one)
    else taken.set(pair, [one])
  })
  return [...taken]
    .map(([pair, wrong]): SimilarClasses => {
      const [a, b] = pair.split(' ').map(Number) as [number, number]
      const fromFirst = wrong.filter(({ from }) => from === a).length
      return {
        labels: [columnNames[a]!, columnNames[b]!],
        score: wrong.length / (counts[a]! + counts[b]!),
        taken: [fromFirst, wrong.length - fromFirst],
        files: [...wrong]
          .sort((x, y) => y.probability - x.probability)
          .slice(0, maxFiles)
          .map(({ file }) => file),
      }
    })
    .sort((x, y) => y.score - x.score)
}
