import { float16ToFloat32 } from '../math/float16.js'
import { copiesAmong } from './copies.js'
import { pickRows, type FeatureTable } from './table.js'

/** Features that are compared: enough to tell pictures apart, few enough to compare a hundred thousand. */
const sampledFeatures = 512

export interface Grouped {
  readonly table: FeatureTable
  /** Images that were found to be copies of another one of their class. */
  readonly copies: number
}

/**
 * Finds images of one class that are near-duplicates, and makes them one image of several views: they then count once,
 * and never lie on both sides of a split. `copies.ts` says what a near-duplicate is.
 *
 * @param part [rows] what a row came with, in ascending order, where images of one part have been compared already
 */
export function groupNearDuplicates(table: FeatureTable, part?: readonly number[]): Grouped {
  const plain = Array.from(table.image.keys()).filter((row) => row === 0 || table.image[row] !== table.image[row - 1])
  const classes = byLabel(table, plain)
  const vectorOf = standardised(table, plain, classes)
  const groups = plain.map((_, i) => i)
  // Class by class: only one class's vectors are held at a time.
  for (const members of classes.values()) {
    const vectors = members.map((i) => vectorOf(plain[i]!))
    const parts = part && members.map((i) => part[plain[i]!]!)
    copiesAmong(vectors, parts).forEach((first, m) => (groups[members[m]!] = members[first]!))
  }
  const copies = groups.filter((group, i) => group !== i).length
  return copies === 0 ? { table, copies } : { table: regroup(table, groups), copies }
}

/** Places in `plain` by the class they show. */
function byLabel({ label }: FeatureTable, plain: readonly number[]): Map<number, number[]> {
  const members = new Map<number, number[]>()
  plain.forEach((row, i) => {
    const own = members.get(label[row]!)
    if (own) own.push(i)
    else members.set(label[row]!, [i])
  })
  return members
}

/** Rows of one group side by side, images numbered anew. */
function regroup(table: FeatureTable, groupOfImage: readonly number[]): FeatureTable {
  let place = -1
  const group = Array.from(table.image, (image, row) => {
    if (row === 0 || image !== table.image[row - 1]) place++
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

/** Some of a row's features less their class's mean, in units of their deviation within classes. */
function standardised(
  { features, dim, label }: FeatureTable,
  rows: readonly number[],
  classes: ReadonlyMap<number, readonly number[]>,
): (row: number) => Float32Array {
  const step = Math.max(1, Math.floor(dim / sampledFeatures))
  const columns = Array.from({ length: Math.min(dim, sampledFeatures) }, (_, i) => dim - 1 - i * step)
  const whole = new Uint16Array(dim)
  const sampled = (row: number) => {
    features.copy(row, row + 1, whole)
    return Float32Array.from(columns, (column) => float16ToFloat32(whole[column]!))
  }
  const means = new Map<number, Float64Array>()
  const squares = new Float64Array(columns.length)
  for (const [one, members] of classes) {
    const mean = new Float64Array(columns.length)
    members.forEach((member, i) => {
      // Welford's recurrence: one pass, and no difference of large sums.
      sampled(rows[member]!).forEach((value, d) => {
        const difference = value - mean[d]!
        mean[d]! += difference / (i + 1)
        squares[d]! += difference * (value - mean[d]!)
      })
    })
    means.set(one, mean)
  }
  const scale = squares.map((sum) => (sum > 0 ? Math.sqrt(rows.length / sum) : 0))
  return (row) => {
    const mean = means.get(label[row]!)!
    return sampled(row).map((value, d) => (value - mean[d]!) * scale[d]!)
  }
}
