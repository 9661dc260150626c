import { float16ToFloat32 } from '../math/float16.js'
import { copiesAmong } from './copies.js'
import { firstRows, isFirstOfImage, pickRows, type FeatureTable } from './table.js'

/** Number of compared features: enough to tell images apart, few enough to compare a hundred thousand images. */
const sampledFeatures = 512

export interface Grouped {
  readonly table: FeatureTable
  /** Number of images that are copies of another one of their class. */
  readonly copies: number
}

/**
 * Finds near-duplicates within classes and groups them into one image with several views, which counts once and never
 * lies on both sides of a split. See `copies.ts` for what counts as a near-duplicate.
 *
 * @param part [rows] the part that a row was added in, ascending, if images within a part were compared before
 */
export function groupNearDuplicates(table: FeatureTable, part?: readonly number[]): Grouped {
  const plain = firstRows(table)
  const classes = byLabel(table, plain)
  const vectorOf = standardised(table, plain, classes)
  const groups = plain.map((_, i) => i)
  // Class by class, so that only one class's vectors are in memory.
  for (const members of classes.values()) {
    const vectors = members.map((i) => vectorOf(plain[i]!))
    const parts = part && members.map((i) => part[plain[i]!]!)
    copiesAmong(vectors, parts).forEach((first, m) => (groups[members[m]!] = members[first]!))
  }
  const copies = groups.filter((group, i) => group !== i).length
  return copies === 0 ? { table, copies } : { table: regroup(table, groups), copies }
}

/** Indices into `plain`, by class. */
function byLabel({ label }: FeatureTable, plain: readonly number[]): Map<number, number[]> {
  const members = new Map<number, number[]>()
  plain.forEach((row, i) => {
    const own = members.get(label[row]!)
    if (own) own.push(i)
    else members.set(label[row]!, [i])
  })
  return members
}

/** Sorts rows so that groups are adjacent, and renumbers the images. */
function regroup(table: FeatureTable, groupOfImage: readonly number[]): FeatureTable {
  let place = -1
  const group = Array.from(table.image, (_, row) => {
    if (isFirstOfImage(table, row)) place++
    return groupOfImage[place]!
  })
  const order = Array.from(group.keys()).sort((a, b) => group[a]! - group[b]! || a - b)
  const sorted = pickRows(table, order)
  let image = -1
  const renumbered = sorted.image.map((_, i) =>
    i === 0 || group[order[i]!] !== group[order[i - 1]!] ? ++image : image,
  )
  return { ...sorted, image: renumbered }
}

/**
 * Samples a row's features and standardises them: minus the mean of its class, divided by the deviation within classes.
 */
function standardised(
  { features, dim, label }: FeatureTable,
  rows: readonly number[],
  classes: ReadonlyMap<number, readonly number[]>,
): (row: number) => Float32Array {
  const step = Math.max(1, Math.floor(dim / sampledFeatures))
  const columns = Array.from({ length: Math.min(dim, sampledFeatures) }, (_, i) => dim - 1 - i * step)
  const allColumns = new Uint16Array(dim)
  const sampled = (row: number) => {
    features.copy(row, row + 1, allColumns)
    return Float32Array.from(columns, (column) => float16ToFloat32(allColumns[column]!))
  }
  const meanOfClass = new Map<number, Float64Array>()
  const squares = new Float64Array(columns.length)
  for (const [one, members] of classes) {
    const mean = new Float64Array(columns.length)
    members.forEach((member, i) => {
      // Welford's recurrence needs one pass and no difference of large sums.
      sampled(rows[member]!).forEach((value, d) => {
        const difference = value - mean[d]!
        mean[d]! += difference / (i + 1)
        squares[d]! += difference * (value - mean[d]!)
      })
    })
    meanOfClass.set(one, mean)
  }
  const scale = squares.map((sum) => (sum > 0 ? Math.sqrt(rows.length / sum) : 0))
  return (row) => {
    const mean = meanOfClass.get(label[row]!)!
    return sampled(row).map((value, d) => (value - mean[d]!) * scale[d]!)
  }
}
