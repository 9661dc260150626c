import type { FineTuningRecord } from '../bundle/manifest.js'
import type { IncrementFeatures } from '../bundle/parts.js'
import { selectRows } from '../features/table.js'

/**
 * The increments to train other heads with; of those that a branch was trained with earlier, the images that it has not
 * seen, as it answers the others better than any image to come.
 */
export function unseenImages(
  increments: readonly IncrementFeatures[],
  fineTuning: FineTuningRecord | undefined,
): readonly IncrementFeatures[] {
  if (fineTuning === undefined) return increments
  const heldOut = new Set(fineTuning.heldOut)
  return increments.map((one, i) => {
    if (i >= fineTuning.increments) return one
    const { table } = one
    return { ...one, table: selectRows(table, (row) => heldOut.has(table.image[row]!)) }
  })
}
