import type { FeatureTable } from '../bottleneck/table.js'
import { decodeFloat16 } from '../math/float16.js'
import type { FeatureSource, TrainingSet } from './types.js'

/** Feature sets up to this many bytes as float32 are widened once and held; larger ones block by block, at every pass. */
const inMemoryBytes = 512 * 2 ** 20

/** The tables of one increment each, in the order of their columns, and of the old images to rehearse with. */
export interface TrainingTables {
  readonly increments: readonly { readonly table: FeatureTable; readonly classes: number }[]
  readonly rehearsal: FeatureTable | undefined
}

/** Lines the tables up into one training set: classes are counted on from increment to increment, images kept apart. */
export function buildTrainingSet({ increments, rehearsal }: TrainingTables): TrainingSet {
  const tables = [...increments.map(({ table }) => table), ...(rehearsal ? [rehearsal] : [])]
  const count = tables.reduce((sum, table) => sum + table.count, 0)
  const oldScore = new Float32Array(count)
  const oldTarget = new Float32Array(count)
  const target = new Int32Array(count)
  const image = new Int32Array(count)
  let classes = 0
  let row = 0
  let images = 0
  tables.forEach((table, t) => {
    const isRehearsal = table === rehearsal
    oldScore.set(table.oldScore, row)
    oldTarget.set(isRehearsal ? table.oldScore : table.oldTarget, row)
    for (let i = 0; i < table.count; i++) {
      target[row + i] = isRehearsal ? -1 : classes + table.label[i]!
      image[row + i] = images + table.image[i]!
    }
    row += table.count
    images += table.count === 0 ? 0 : table.image[table.count - 1]! + 1
    if (!isRehearsal) classes += increments[t]!.classes
  })
  return { features: featureSource(tables), classes, oldScore, oldTarget, target, image }
}

/** Several tables read as one. */
function featureSource(tables: readonly FeatureTable[]): FeatureSource {
  const dim = tables[0]?.dim ?? 0
  const count = tables.reduce((sum, table) => sum + table.count, 0)
  if (count * dim * 4 <= inMemoryBytes) {
    const all = decodeRows(tables, 0, count, dim, new Float32Array(count * dim))
    return { count, dim, read: (start, end) => all.subarray(start * dim, end * dim) }
  }
  let block = new Float32Array(0)
  return {
    count,
    dim,
    read(start, end) {
      const length = (end - start) * dim
      if (block.length < length) block = new Float32Array(length)
      return decodeRows(tables, start, end, dim, block.subarray(0, length))
    },
  }
}

function decodeRows(
  tables: readonly FeatureTable[],
  start: number,
  end: number,
  dim: number,
  target: Float32Array,
): Float32Array {
  let first = 0
  for (const table of tables) {
    const from = Math.max(start, first)
    const to = Math.min(end, first + table.count)
    if (from < to) {
      const source = table.features.subarray((from - first) * dim, (to - first) * dim)
      decodeFloat16(source, target.subarray((from - start) * dim, (to - start) * dim))
    }
    first += table.count
  }
  return target
}
