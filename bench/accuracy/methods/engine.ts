import type { FeatureTable } from '../../../src/features/table.js'
import { joinHeads } from '../../../src/head/join-heads.js'
import type { LayeredHead } from '../lab.js'
import type { AddedHead } from '../../../src/head/added-head.js'
import type { HeadMethod } from '../../../src/head/head-method.js'
import type { IncrementFeatures } from '../../../src/bundle/parts.js'
import { keptOldImages } from '../../../src/rehearsal/kept-old-images.js'
import { madeUpOldImages } from '../../../src/rehearsal/made-up-old-images.js'
import { refit, type Refit, type RefitOptions } from '../../../src/training/refit.js'
import { mergedOf } from '../merged.js'
import { classifierOf, type TrainedMethod } from '../answers.js'
import { training } from '../engine-defaults.js'
import type { Method } from './method.js'

export interface EngineOptions extends Partial<Pick<RefitOptions, 'method' | 'prior' | 'maxOldDrop'>> {
  /** @default the training's own */
  readonly seed?: number
  /** Heads of the first increments that stay as they are. */
  readonly frozen?: readonly AddedHead[]
  /** How to train heads. @default the joint softmax */
  readonly method?: HeadMethod
}

/**
 * The engine's own refit, with what `extend` gives it, as a classifier.
 *
 * @param rehearsal `undefined` for `--rehearsal none`
 */
export async function refitClassifier(
  increments: readonly IncrementFeatures[],
  rehearsal: FeatureTable | undefined,
  baseHead: LayeredHead,
  options: EngineOptions = {},
): Promise<{ classify: TrainedMethod; refit: Refit }> {
  const base = Array.from(baseHead.bias, (_, index) => ({ label: `${index}`, names: [] }))
  const oldImages = rehearsal ? keptOldImages(rehearsal) : madeUpOldImages(baseHead, options.seed ?? training.seed)
  const maxOldDrop = oldImages.defaultMaxOldDrop
  const fitted = await refit(increments, oldImages, {
    ...training,
    base,
    maxOldDrop,
    offered: baseHead.layers,
    ...options,
  })
  const merged = mergedOf(increments)
  return { classify: classifierOf(joinHeads(fitted.heads), merged), refit: fitted }
}

export const engine: Method = {
  name: 'nplusk',
  about: 'the engine with its defaults',
  async train({ increments, rehearsal, baseHead, seed }) {
    return (await refitClassifier(increments, rehearsal, baseHead, { seed })).classify
  },
}
