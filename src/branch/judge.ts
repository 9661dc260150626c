import { plainLoss } from '../head/held-out-loss.js'
import { heldOutStep, outcomes } from '../head/outcomes.js'
import { rowWeights } from '../head/row-weights.js'
import type { HeldOutStep } from '../head/training-curve.js'
import type { TrainingRows } from '../head/training-rows.js'
import { concat } from '../math/concat.js'
import type { ImageGraph } from '../runtime/run-views.js'
import { openSession, type Provider } from '../runtime/session.js'
import type { Cut } from './cut.js'
import { learnerNames } from './learner.js'
import { plainMaps } from './plain-maps.js'

/** Pictures that a branch is not trained with, at least one new one. */
export interface HeldOutPictures {
  /** One row a picture, */
  readonly rows: TrainingRows
  /** and its file. */
  readonly files: readonly string[]
}

/** What is judged, and where it runs. */
interface Judged {
  /** Gives the cut's tensor. */
  readonly trunk: Pick<ImageGraph, 'session' | 'preprocess'>
  readonly cut: Cut
  /** ONNX: gives `learnerNames.logits` of that tensor. */
  readonly learner: Uint8Array
  readonly provider: Provider
}

/**
 * How a branch and its head answer held-out pictures, by themselves and before calibration.
 *
 * @throws NpluskError `BAD_INPUT` where a picture cannot be read any more, `ABORTED`
 */
export async function judge(
  { trunk, cut, learner, provider }: Judged,
  { rows, files }: HeldOutPictures,
  signal: AbortSignal | undefined,
): Promise<HeldOutStep> {
  await using session = await openSession(learner, provider, { arena: false })
  const logits: Float32Array[] = []
  for await (const maps of plainMaps(trunk, cut, files, signal)) {
    const results = await session.run(maps, [learnerNames.logits])
    logits.push(results[learnerNames.logits]!.data as Float32Array)
  }
  const scores = concat(Float32Array, logits)
  return heldOutStep(
    outcomes(rows, scores, () => true),
    plainLoss(rows, scores, rowWeights(rows)),
  )
}
