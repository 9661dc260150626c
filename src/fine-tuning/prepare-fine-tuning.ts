import type { Depth } from '../branch/cut.js'
import { openBranch } from '../branch/open-branch.js'
import { addedCount } from '../bundle/manifest.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { NpluskError } from '../core/errors.js'
import { defaultEpochs } from '../training/defaults.js'
import type { FullOptions } from '../training/extend-options.js'
import { fineTune, type FineTuned, type FineTuningReport } from './fine-tune.js'
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
 * @throws NpluskError as `refuseFineTuning`, `refuseFewOldImages` and `openBranch`; the tuner `CONFLICT` where a
 *   bundle has classes, and fine-tuning them is no better than frozen features
 */
export async function prepareFineTuning(addition: Addition, options: FullOptions, depth: Depth): Promise<FineTuner> {
  refuseFineTuning(addition)
  const { epochs = defaultEpochs, rehearsal } = options
  refuseFewOldImages((await listImages(rehearsal!)).length)
  const branch = await openBranch(addition.backbone, depth)
  const how = { ...options, epochs, rehearsal: rehearsal! }
  return async (plan, fitted, call) => {
    const tuned = await fineTune(plan, fitted, { branch, addition }, how, call)
    if (tuned.report.taken) return tuned
    const why = whyDropped(tuned.report, epochs)
    const { bundle, classes } = addition
    const before = bundle ? addedCount(bundle.manifest).added : 0
    if (before === 0) {
      call.warn('FINE_TUNING_DROPPED', `Fine-tuning was dropped, as it ${why}`)
      return tuned
    }
    await tuned[Symbol.asyncDispose]()
    const hasNew = classes.length > before
    const remedy = hasNew ? ({ kind: 'add-without-fine-tuning' } as const) : undefined
    throw new NpluskError('CONFLICT', `The bundle was left as it is, as fine-tuning ${why}`, { remedy })
  }
}

function whyDropped({ loss, heldOut, epochs: done }: FineTuningReport, epochs: number): string {
  const losses = `${loss.tuned.toFixed(3)} nats, ${loss.frozen.toFixed(3)} with frozen features`
  const why = `was not clearly better on ${heldOut} new images held out (loss: ${losses}).`
  if (done >= epochs / 2) return why
  const times = `${done.toFixed(1)} times, of ${epochs}`
  return `${why} There was time to go through the images ${times}; more may help, and training then goes on from there.`
}
