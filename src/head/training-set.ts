import type { FeatureTable } from '../features/table.js'
import { joinedRows } from '../features/feature-rows.js'
import { floatSource } from './feature-source.js'
import type { TrainingSet } from './types.js'

/** The new images, whose labels are columns, and the old ones to rehearse with. */
export interface TrainingTables {
  readonly added: FeatureTable
  /** Number of new classes k. */
  readonly classes: number
  readonly rehearsal: FeatureTable | undefined
}

/** Lines the tables up into one training set; images are kept apart. */
export function buildTrainingSet({ added, classes, rehearsal }: TrainingTables): TrainingSet {
  const tables = [added, ...(rehearsal ? [rehearsal] : [])]
  const count = tables.reduce((sum, table) => sum + table.count, 0)
  const oldScore = new Float32Array(count)
  const oldTarget = new Float32Array(count)
  const target = new Int32Array(count)
  const image = new Int32Array(count)
  let row = 0
  let images = 0
  for (const table of tables) {
    const isRehearsal = table === rehearsal
    oldScore.set(table.oldScore, row)
    oldTarget.set(isRehearsal ? table.oldScore : table.oldTarget, row)
    for (let i = 0; i < table.count; i++) {
      target[row + i] = isRehearsal ? -1 : table.label[i]!
      image[row + i] = images + table.image[i]!
    }
    row += table.count
    images += table.count === 0 ? 0 : table.image[table.count - 1]! + 1
  }
  return {
    features: floatSource(joinedRows(tables.map(({ features }) => features))),
    classes,
    oldScore,
    oldTarget,
    target,
    image,
  }
}
