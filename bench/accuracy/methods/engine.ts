import type { FeatureTable } from '../../../src/bottleneck/table.js'
import {
  mergedColumns,
  refit,
  type IncrementFeatures,
  type Refit,
  type RefitOptions,
} from '../../../src/workflow/refit.js'
import { linearClassifier, type Classifier } from '../answers.js'
import { joinHeads } from '../heads.js'
import type { Method } from './method.js'

/** What `extend` trains with where nobody says otherwise. */
export const defaults: RefitOptions = { seed: 0, prior: 0.25 }

/** The engine's own refit, as a classifier. */
export async function refitClassifier(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  options: RefitOptions = defaults,
): Promise<{ classify: Classifier; refit: Refit }> {
  const fitted = await refit(increments, rehearsal, options)
  const merged = mergedColumns(increments.map(({ increment }) => increment))
  return { classify: linearClassifier(joinHeads(fitted.heads), merged), refit: fitted }
}

export const engine: Method = {
  name: 'nplusk',
  about: 'the engine with its defaults',
  async train({ increments, rehearsal, seed }) {
    return (await refitClassifier(increments, rehearsal, { ...defaults, seed })).classify
  },
}
