import type { Depth } from '../branch/cut.js'
import { openBranch } from '../branch/open-branch.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { defaultEpochs } from '../training/defaults.js'
import type { FullOptions } from '../training/extend-options.js'
import { fineTune, type FineTuned } from './fine-tune.js'
import { listImages } from '../folders/folder.js'
import type { Addition } from '../training/plan-addition.js'
import type { RebuildPlan } from '../training/rebuild.js'
import type { Refit } from '../training/refit.js'
import { refuseFewOldImages, refuseFineTuning } from './tuned-increments.js'

/** Fine-tunes, and warns where that came to nothing; see `fineTune`. */
export type FineTuner = (plan: RebuildPlan, fitted: Refit, call: WatchedCall) => Promise<FineTuned>

/**
 * Opens the branch that is to be trained, before anything is computed that would be lost.
 *
 * @throws NpluskError as `refuseFineTuning`, `refuseFewOldImages` and `openBranch`
 */
export async function prepareFineTuning(addition: Addition, options: FullOptions, depth: Depth): Promise<FineTuner> {
  refuseFineTuning(addition)
  const { epochs = defaultEpochs, rehearsal } = options
  refuseFewOldImages((await listImages(rehearsal!)).length)
  const branch = await openBranch(addition.backbone, depth)
  const how = { ...options, epochs, rehearsal: rehearsal! }
  return async (plan, fitted, call) => {
    const tuned = await fineTune(plan, fitted, { branch, addition }, how, call)
    const { taken, loss, heldOut, epochs: done } = tuned.report
    if (!taken) {
      const losses = `${loss.tuned.toFixed(3)} nats, ${loss.frozen.toFixed(3)} with frozen features`
      const dropped = `Fine-tuning was dropped, as it was not clearly better on ${heldOut} new images held out (loss: ${losses}).`
      const wasShort = done < epochs / 2
      const short = `There was time to go through the images ${done.toFixed(1)} times, of ${epochs}; more may help.`
      call.warn('FINE_TUNING_DROPPED', wasShort ? `${dropped} ${short}` : dropped)
    }
    return tuned
  }
}
