import { openBranch, type OpenedBranch } from '../branch/open-branch.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { defaultEpochs } from './defaults.js'
import type { FullOptions } from './extend-options.js'
import { fineTune, type FineTuned } from './fine-tune.js'
import type { Addition } from './plan-addition.js'
import type { RebuildPlan } from './rebuild.js'
import type { Refit } from './refit.js'
import { refuseFineTuning } from './tuned-increments.js'

/** The branch to train where the options ask for one, before anything is computed that would be lost. */
export async function branchIfAsked(
  addition: Addition,
  { fineTune: depth }: FullOptions,
): Promise<OpenedBranch | undefined> {
  if (depth === undefined) return undefined
  refuseFineTuning(addition)
  return openBranch(addition.backbone, depth)
}

/** Fine-tunes where there is a branch, and warns where that came to nothing. */
export async function fineTuneIfAsked(
  plan: RebuildPlan,
  fitted: Refit,
  { branch, addition }: { readonly branch: OpenedBranch | undefined; readonly addition: Addition },
  options: FullOptions,
  call: WatchedCall,
): Promise<FineTuned | undefined> {
  const { epochs = defaultEpochs, rehearsal } = options
  if (branch === undefined) return undefined
  const tuned = await fineTune(plan, fitted, { branch, addition }, { ...options, epochs, rehearsal: rehearsal! }, call)
  const { taken, loss } = tuned.report
  if (!taken) {
    const losses = `${loss.tuned.toFixed(3)} nats, ${loss.frozen.toFixed(3)} with frozen features`
    const message = `Fine-tuning was dropped, as it was not clearly better on images held out (loss: ${losses}).`
    call.warn('FINE_TUNING_DROPPED', message)
  }
  return tuned
}
