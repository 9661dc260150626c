import { alone } from './alone.js'
import { bic } from './bic.js'
import { centredImprinting } from './centred-imprinting.js'
import { imprinting } from './imprinting.js'
import type { Method } from './method.js'
import { nearestMean } from './nearest-mean.js'
import { noRehearsal } from './no-rehearsal.js'
import { weightAligning } from './weight-aligning.js'

/** What people use, all on the same features; the oracle, which needs test images, stands apart. */
export const baselines: readonly Method[] = [
  bic,
  weightAligning,
  centredImprinting,
  imprinting,
  nearestMean,
  alone,
  noRehearsal,
]
