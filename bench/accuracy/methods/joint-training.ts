import type { FeatureTable } from '../../../src/features/table.js'
import { columnsOf } from '../../../src/bundle/columns.js'
import { ortBackend } from '../../../src/head/linear/ort-backend.js'
import { train } from '../../../src/head/linear/train.js'
import { buildTrainingSet, type TrainingSet } from '../../../src/head/training-set.js'
import type { LinearHead } from '../../../src/head/linear/linear-head.js'
import { regularisations } from '../engine-defaults.js'
import { columnTable } from '../../../src/tables/column-table.js'
import type { IncrementFeatures } from '../../../src/bundle/parts.js'

export function trainingSetOf(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
): TrainingSet {
  const columns = columnsOf(increments.map(({ increment }) => increment))
  return buildTrainingSet({ added: columnTable(increments, columns), classes: columns.length, rehearsal })
}

/** The joint softmax of docs/method.md, trained by the engine's solver, as it comes out: no prior, no guard. */
export async function trainJointly(set: TrainingSet, seed: number): Promise<LinearHead> {
  return (await train(set, ortBackend(), { regularisations, seed })).heads[0]!
}
