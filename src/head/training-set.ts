import type { FeatureTable } from '../bottleneck/table.js'
import { joinedRows } from '../bottleneck/feature-rows.js'
import { floatSource } from './feature-source.js'
import type { TrainingSet } from './types.js'

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
  return {
    features: floatSource(joinedRows(tables.map(({ features }) => features))),
    classes,
    oldScore,
    oldTarget,
    target,
    image,
  }
}
