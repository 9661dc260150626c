import type { WatchedCall } from '../core/collect-warnings.js'
import { defaultEpochs } from './defaults.js'
import type { FullOptions } from './extend-options.js'
import { fineTune, type FineTuned } from './fine-tune.js'
import type { Addition } from './plan-addition.js'
import type { RebuildPlan } from './rebuild.js'
import type { Refit } from './refit.js'

/** Fine-tunes where the options say so, and warns where that came to nothing; `undefined` where they do not. */
export async function fineTuneIfAsked(
  plan: RebuildPlan,
  fitted: Refit,
  addition: Addition,
  options: FullOptions,
  call: WatchedCall,
): Promise<FineTuned | undefined> {
  const { fineTune: depth, epochs = defaultEpochs, rehearsal } = options
  if (depth === undefined) return undefined
  const how = { ...options, fineTune: depth, epochs, rehearsal: rehearsal! }
  const tuned = await fineTune(plan, fitted, addition, how, call)
  const { taken, loss } = tuned.report
  if (!taken) {
    const losses = `a loss of ${loss.tuned.toFixed(3)} nats on images held out, and the frozen features have ${loss.frozen.toFixed(3)}`
    call.warn('FINE_TUNING_DROPPED', `Fine-tuning was dropped: it came to ${losses}.`)
  }
  return tuned
}
