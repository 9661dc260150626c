import type { FeatureTable } from '../../../src/bottleneck/table.js'
import {
  mergedColumns,
  refit,
  type IncrementFeatures,
  type Refit,
  type RefitOptions,
} from '../../../src/workflow/refit.js'
import { linearClassifier, type Classifier } from '../answers.js'
import { training } from '../engine-defaults.js'
import { joinHeads } from '../heads.js'
import type { Method } from './method.js'

/** The engine's own refit, as a classifier. */
export async function refitClassifier(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  options: RefitOptions = training,
): Promise<{ classify: Classifier; refit: Refit }> {
  const fitted = await refit(increments, rehearsal, options)
  const merged = mergedColumns(increments.map(({ increment }) => increment))
  return { classify: linearClassifier(joinHeads(fitted.heads), merged), refit: fitted }
}

export const engine: Method = {
  name: 'nplusk',
  about: 'the engine with its defaults',
  async train({ increments, rehearsal, seed }) {
    return (await refitClassifier(increments, rehearsal, { ...training, seed })).classify
  },
}
