import type { Lease, Scores } from '../models/served-models.js'
import { Problem } from '../problems.js'
import type { Pictures } from './pictures.js'

/**
 * Scores of every picture, in their order. The first that fails ends the others, and it returns when all have given up
 * their places.
 *
 * @throws Problem of the picture that failed first
 */
export async function scorePictures(
  lease: Lease,
  { kind, pictures }: Pictures,
  signal: AbortSignal,
): Promise<readonly Scores[]> {
  const failed = new AbortController()
  const options = { signal: AbortSignal.any([signal, failed.signal]) }
  const results = await Promise.allSettled(
    pictures.map(async (picture, i) => {
      try {
        return await (kind === 'encoded' ? lease.score(picture, options) : lease.scorePixels(picture, options))
      } catch (error) {
        failed.abort(pictures.length > 1 ? ofPicture(i, error) : error)
        throw error
      }
    }),
  )
  if (failed.signal.aborted) throw failed.signal.reason
  return results.map((result) => (result as PromiseFulfilledResult<Scores>).value)
}

function ofPicture(i: number, error: unknown): unknown {
  if (!(error instanceof Problem) || error.type !== 'unreadable-image') return error
  return new Problem(error.type, `Element ${i} of image: ${error.message}`, { cause: error })
}
