import { prefetch } from '../../core/prefetch.js'
import type { Lease, Scores } from '../models/served-models.js'
import { Problem } from '../problems.js'
import type { Pictures } from './pictures.js'

export interface ScoreOptions {
  /** Pictures that may wait for their answers at a time. */
  readonly places: number
  readonly signal: AbortSignal
}

/**
 * Scores of every picture, in their order. Once one fails no other is begun, those in hand are given up as
 * `bad-request`, and it returns when all have left their places.
 *
 * @throws Problem of the picture that failed first
 */
export async function scorePictures(
  lease: Pick<Lease, 'score' | 'scorePixels'>,
  { kind, pictures }: Pictures,
  { places, signal }: ScoreOptions,
): Promise<readonly Scores[]> {
  const failed = new AbortController()
  let failure: unknown
  const options = { signal: AbortSignal.any([signal, failed.signal]) }
  const score = async ([i, picture]: [number, Uint8Array]): Promise<Scores> => {
    try {
      options.signal.throwIfAborted()
      return await (kind === 'encoded' ? lease.score(picture, options) : lease.scorePixels(picture, options))
    } catch (error) {
      if (!failed.signal.aborted) {
        failure = pictures.length > 1 ? ofPicture(i, error) : error
        // What is wrong with this one is not wrong with the others, which figures count by their own reason.
        failed.abort(new Problem('bad-request', 'Another picture of the request failed.'))
      }
      throw error
    }
  }
  const scores: Scores[] = []
  for await (const settled of prefetch(pictures.entries(), places, score)) {
    if ('value' in settled) scores.push(settled.value)
  }
  if (failed.signal.aborted) throw failure
  return scores
}

function ofPicture(i: number, error: unknown): unknown {
  if (!(error instanceof Problem) || error.type !== 'unreadable-image') return error
  return new Problem(error.type, `Element ${i} of image: ${error.message}`, { cause: error })
}
