import { messageOf, NpluskError } from '../core/errors.js'
import type { OnProgress } from '../core/progress.js'

/**
 * Fetches a damaged file of the cache again; the old file stays until a new one has arrived.
 *
 * @param name the model's name, as `pullModel` takes it
 * @throws NpluskError `DOWNLOAD` that says what is wrong and how to fix it; `IO`, `ABORTED`
 */
export async function repair<Result>(
  file: string,
  name: string,
  fetchAgain: () => Promise<Result>,
  onProgress?: OnProgress,
): Promise<Result> {
  onProgress?.({ type: 'info', message: `${file} is damaged; fetching it again.` })
  try {
    return await fetchAgain()
  } catch (error) {
    if (error instanceof NpluskError && error.code !== 'DOWNLOAD' && error.code !== 'NOT_FOUND') throw error
    const reason = messageOf(error).replace(/\.$/, '')
    throw new NpluskError('DOWNLOAD', `${file} is damaged and could not be fetched again (${reason}).`, {
      cause: error,
      data: { file, name },
      remedy: { kind: 'pull-model', model: name },
    })
  }
}
