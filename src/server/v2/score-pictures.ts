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
 * Scores of every picture, in their order. The first that fails ends the others, and it returns when all have given up
 * their places.
 *
 * @throws Problem of the picture that failed first
 */
export async function scorePictures(
  lease: Pick<Lease, 'score' | 'scorePixels'>,
  { kind, pictures }: Pictures,
  { places, signal }: ScoreOptions,
): Promise<readonly Scores[]> {
  const failed = new AbortController()
  const options = { signal: AbortSignal.any([signal, failed.signal]) }
  const score = async ([i, picture]: [number, Uint8Array]): Promise<Scores> => {
    try {
      return await (kind === 'encoded' ? lease.score(picture, options) : lease.scorePixels(picture, options))
    } catch (error) {
      failed.abort(pictures.length > 1 ? ofPicture(i, error) : error)
      throw error
    }
  }
  const scores: Scores[] = []
  for await (const settled of prefetch(pictures.entries(), places, score)) {
    if ('value' in settled) scores.push(settled.value)
  }
  if (failed.signal.aborted) throw failed.signal.reason
  return scores
}

function ofPicture(i: number, error: unknown): unknown {
  if (!(error instanceof Problem) || error.type !== 'unreadable-image') return error
  return new Problem(error.type, `Element ${i} of image: ${error.message}`, { cause: error })
}
