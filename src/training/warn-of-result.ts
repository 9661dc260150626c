import type { Warn } from '../core/progress.js'
import { defaultMaxOldDrop } from '../rehearsal/kept-old-images.js'
import { oldParts } from './old-parts.js'
import type { Rebuilt, TrainingSettings } from './rebuild.js'
import { warnOfUseless } from './useless.js'

/** Warns of an extended classifier that is of little use, or whose loss of old accuracy cannot be measured. */
export function warnOfResult(
  { manifest, fitted }: Rebuilt,
  { maxOldDrop = defaultMaxOldDrop }: Pick<TrainingSettings, 'maxOldDrop'>,
  warn: Warn,
): void {
  if (fitted === undefined) return
  const { training, increments } = manifest
  const heldOutOfOld = training.fineTuning?.increments === increments.length ? 1 / oldParts : 1
  warnOfUseless(fitted.heldOut, { added: fitted.newColumns.size, maxOldDrop, heldOutOfOld }, warn)
  if (fitted.madeUpLeak !== undefined)
    warn('NO_REHEARSAL', withoutRehearsal(fitted.madeUpLeak), { kind: 'give-old-images-to-measure' })
}

function withoutRehearsal(leak: number): string {
  const share = leak < 0.005 ? 'less than 1 %' : `about ${(100 * leak).toFixed(0)} %`
  return `There were no old images to rehearse with: the new classes will take ${share} of old images, as estimated on features made up from the old head.`
}
