import type { FeatureTable } from '../../../src/features/table.js'
import { joinColumns } from '../../../src/head/columns.js'
import type { OldHead } from '../../../src/head/pseudo-rehearsal.js'
import type { Head } from '../../../src/head/types.js'
import type { IncrementFeatures } from '../../../src/training/column-table.js'
import { mergedColumns, refit, type Refit } from '../../../src/training/refit.js'
import { linearClassifier, type Classifier } from '../answers.js'
import { maxOldDrop, training } from '../engine-defaults.js'
import type { Method } from './method.js'

export interface EngineOptions {
  /** @default the training's own */
  readonly seed?: number
  /** Heads of the first increments that stay as they are. */
  readonly frozen?: readonly Head[]
}

/**
 * The engine's own refit, with what `extend` gives it, as a classifier.
 *
 * @param rehearsal `undefined` for `--rehearsal none`
 */
export async function refitClassifier(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  oldHead: OldHead,
  options: EngineOptions = {},
): Promise<{ classify: Classifier; refit: Refit }> {
  const baseClasses = oldHead.bias.length
  const old = { baseClasses, ...(rehearsal === undefined ? { oldHead } : { maxOldDrop }) }
  const fitted = await refit(increments, rehearsal, { ...training, ...old, ...options })
  const merged = mergedColumns(increments.map(({ increment }) => increment))
  return { classify: linearClassifier(joinColumns(fitted.heads), merged), refit: fitted }
}

export const engine: Method = {
  name: 'nplusk',
  about: 'the engine with its defaults',
  async train({ increments, rehearsal, oldHead, seed }) {
    return (await refitClassifier(increments, rehearsal, oldHead, { seed })).classify
  },
}
