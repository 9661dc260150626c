import type { Learning, Stage } from '../../core/progress.js'
import { bytes, duration } from '../format.js'
import type { MeasuredProgress, StageProgress } from './measure.js'

export const stageNames: Record<Stage, string> = {
  load: 'Loading the model',
  download: 'Downloading',
  convert: 'Converting the model',
  hash: 'Looking through files',
  extract: 'Reading images',
  views: 'Varying images',
  compare: 'Comparing images',
  rehearse: 'Reading old images',
  'choose-layers': 'Choosing layers',
  train: 'Training',
  reduce: 'Reducing large images',
  'fine-tune': 'Fine-tuning',
  'extract-branch': 'Reading images again',
  'rehearse-branch': 'Reading old images again',
  retrain: 'Training without doubtful images',
  forecast: 'Measuring the learning curve',
  merge: 'Merging the heads',
  export: 'Writing the export',
  verify: 'Checking the model',
  resume: 'Looking through earlier answers',
  predict: 'Predicting',
  evaluate: 'Evaluating',
  report: 'Writing the report',
  'write-part': 'Writing features',
  'read-parts': 'Taking in features',
}

/** `120 of 750 images`, `750 images` where the total is done or unknown, `12 %`; empty for all of a share. */
export function amountOf({ done, total, unit }: StageProgress): string {
  const isPart = total !== undefined && done < total
  if (unit === 'bytes') return isPart ? `${bytes(done)} of ${bytes(total)}` : bytes(done)
  if (unit === 'percent') return isPart ? `${Math.floor(done)} %` : ''
  return `${isPart ? `${done} of ${total}` : done} ${unit}`
}

/** `34/s`, `2.4/s`, `12.0 MB/s`; empty where none is known, or of a share. */
export function rateOf({ perSecond, unit }: Pick<MeasuredProgress, 'perSecond' | 'unit'>): string {
  if (perSecond === undefined || unit === 'percent') return ''
  if (unit === 'bytes') return `${bytes(Math.round(perSecond))}/s`
  const digits = perSecond >= 9.95 ? 0 : perSecond >= 0.095 ? 1 : 3
  return `${perSecond.toFixed(digits)}/s`
}

/**
 * `loss 0.83`, `held out 76 %` once known, and `5.2 views/s` where no other rate is told; empty where nothing learns.
 */
export function learningOf({ learning, unit }: Pick<MeasuredProgress, 'learning' | 'unit'>): string {
  if (learning === undefined) return ''
  const rate =
    unit === 'percent' && rateOf({ perSecond: learning.viewsPerSecond, unit: 'views' }).replace('/', ' views/')
  return [lossOf(learning), heldOutOf(learning), rate].filter(Boolean).join(', ')
}

/** What tells most of it in few letters: `held out 76 %`, or `loss 0.83` before that is known. */
export function shortLearningOf({ learning }: Pick<MeasuredProgress, 'learning'>): string {
  return learning === undefined ? '' : heldOutOf(learning) || lossOf(learning)
}

function lossOf({ loss }: Learning): string {
  return `loss ${loss.toFixed(loss >= 0.1 ? 2 : 3)}`
}

function heldOutOf({ heldOut }: Learning): string {
  const top1 = heldOut?.top1 ?? undefined
  return top1 === undefined ? '' : `held out ${Math.round(100 * top1)} %`
}

/** `18 s left`; empty where it is not known. */
export function timeLeftOf({ secondsLeft }: Pick<MeasuredProgress, 'secondsLeft'>): string {
  // A thousandth too many is the arithmetic's.
  return secondsLeft === undefined ? '' : `${duration(Math.ceil(secondsLeft - 1e-3)).replace('.0 s', ' s')} left`
}
